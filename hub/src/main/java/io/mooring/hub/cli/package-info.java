/**
 * The operator's command line: argv to a call, the answer to text. Each subcommand is one class;
 * output goes to standard output, progress and errors to standard error. Exit codes: 0 done, 1
 * refused or failed, 2 wrong usage or settings.
 */
@NullMarked
package io.mooring.hub.cli;

import org.jspecify.annotations.NullMarked;

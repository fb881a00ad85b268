/** The benchmarks in small. Threads: JUnit's. */
@NullMarked
package io.mooring.bench;

import org.jspecify.annotations.NullMarked;

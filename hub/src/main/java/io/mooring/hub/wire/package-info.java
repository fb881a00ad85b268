/**
 * The meaning of bytes: pure functions between frames and records, with no threads, no I/O and no
 * state. The only package that knows the generated Protobuf classes. Nothing here throws on what a
 * device sends: a frame that cannot be understood is an {@link
 * io.mooring.hub.wire.Inbound.Malformed}.
 */
@NullMarked
package io.mooring.hub.wire;

import org.jspecify.annotations.NullMarked;

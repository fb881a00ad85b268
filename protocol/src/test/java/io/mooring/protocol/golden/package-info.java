/**
 * Golden frames: the exact bytes of one frame of each kind. Shared with the tests of the other
 * modules as a test-jar; stateless, usable from any thread. {@code golden/<name>.hex} on the class
 * path holds the bytes, {@code golden/<name>.txtpb} what they say.
 */
@NullMarked
package io.mooring.protocol.golden;

import org.jspecify.annotations.NullMarked;

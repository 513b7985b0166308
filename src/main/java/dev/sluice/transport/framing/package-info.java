/**
 * Where a message ends: framings, their decoders and encoders. Knows nothing of sockets.
 */
@NullMarked
package dev.sluice.transport.framing;

import org.jspecify.annotations.NullMarked;

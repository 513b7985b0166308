package dev.sluice.transport;

import dev.sluice.message.Origin;
import org.jspecify.annotations.Nullable;

/**
 * What was read from a peer or written to it, as far as it may be shown.
 *
 * @param at in milliseconds since the epoch
 * @param inbound whether it was read: then it is the payload of one frame or datagram. Else it is what was written at
 *     once, with its framing
 * @param origin whom from, or whom to
 * @param frames how many it holds
 * @param length of all of it
 * @param beginning its first bytes; null if they may not be shown
 */
public record TappedBytes(
        long at, boolean inbound, Origin origin, int frames, int length, byte @Nullable [] beginning) {}

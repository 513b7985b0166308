package dev.sluice.transport;

import dev.sluice.message.Acceptance;
import dev.sluice.message.Handling;
import dev.sluice.transport.framing.FramingProperties;
import org.jspecify.annotations.Nullable;

/**
 * What a listener asks of its transport, whichever it is. All that may change while peers stay connected stands here,
 * and is kept nowhere else: {@link Steering} has what counts now.
 *
 * @param framing how large a message may be; where it ends stays with a connection, however this changes
 * @param limits how much is taken on
 * @param timeouts how long peers are waited for
 * @param access whom it serves
 * @param identification how connections get an identity
 * @param handling what is done with a message
 * @param repliesMayWait whether that may take long, so that a reply should not wait for those to follow
 * @param acceptance takes charge of what has been handled
 * @param answersFirst whether peers are answered before that, since all they want to know is that their message has
 *     come
 * @param answers whether a peer gets anything for a message, so that it knows which were taken
 * @param polls what is asked of each connection; null if nothing is
 * @param traffic counts what comes
 */
public record TransportSettings(
        FramingProperties framing,
        Limits limits,
        Timeouts timeouts,
        Access access,
        Identification identification,
        Handling handling,
        boolean repliesMayWait,
        Acceptance acceptance,
        boolean answersFirst,
        boolean answers,
        @Nullable Polls polls,
        Traffic traffic) {}

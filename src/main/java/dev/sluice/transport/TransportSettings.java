package dev.sluice.transport;

import dev.sluice.memory.MemoryBudget;
import dev.sluice.message.Acceptance;
import dev.sluice.transport.framing.FramingProperties;
import java.nio.charset.Charset;

/**
 * What a listener asks of its transport, whichever it is.
 *
 * @param listener its name
 * @param framing where messages end
 * @param charset of the greeting
 * @param limits how much is taken on
 * @param timeouts how long peers are waited for
 * @param access whom it serves
 * @param acceptance takes charge of what has been handled
 * @param answersFirst whether peers are answered before that, since all they want to know is that their message has come
 * @param onFailure what a peer gets for a message that was not accepted
 * @param answers whether a peer gets anything for a message, so that it knows which were taken
 * @param repliesMayWait whether handling a message may take long, so that a reply should not wait for those to follow
 * @param memory of all listeners' connections together
 */
public record TransportSettings(
        String listener,
        FramingProperties framing,
        Charset charset,
        Limits limits,
        Timeouts timeouts,
        Access access,
        Acceptance acceptance,
        boolean answersFirst,
        FailureAnswer onFailure,
        boolean answers,
        boolean repliesMayWait,
        MemoryBudget memory) {}

package dev.sluice.transport;

import dev.sluice.pattern.Pattern;
import java.util.concurrent.CompletableFuture;

/**
 * What somebody waits for a peer to say.
 *
 * @param pattern what it looks like
 * @param forward whether the message goes its way all the same, by rules and to sinks; else it is only for whoever
 *     waits
 * @param answer completed with the message by the connection's thread; exceptionally with a {@link ConnectionEnded} if
 *     the connection ends before
 */
public record Expectation(Pattern pattern, boolean forward, CompletableFuture<byte[]> answer) {

    public Expectation(Pattern pattern, boolean forward) {
        this(pattern, forward, new CompletableFuture<>());
    }

    /** The connection has ended before the answer came. */
    public static final class ConnectionEnded extends RuntimeException {

        private static final long serialVersionUID = 1L;

        public ConnectionEnded() {
            super("the connection ended before the answer came", null, false, false);
        }
    }
}

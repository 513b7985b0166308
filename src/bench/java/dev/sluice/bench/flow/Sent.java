package dev.sluice.bench.flow;

import org.jspecify.annotations.Nullable;

/**
 * What was sent.
 *
 * @param started in terms of {@link System#nanoTime()}
 * @param failure why it is not to be trusted
 */
public record Sent(long messages, long started, @Nullable String failure) {

    public Sent(long messages, long started) {
        this(messages, started, null);
    }
}

package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * A sink that several listeners may use, and which counts the sends under way, so that it can be closed behind the last
 * of them once another has taken its place. Counted once a send, not once a message.
 */
final class SharedSink implements WrappedSink {

    private static final long LOOK_MILLIS = 50;
    /** Whoever has come upon the sink just before another took its place begins to send within this time. */
    private static final Duration LATE = Duration.ofSeconds(1);
    /** No send takes longer; one that does is cut off by the close. */
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final Sink sink;
    private final LongAdder begun = new LongAdder();
    private final LongAdder ended = new LongAdder();

    SharedSink(Sink sink) {
        this.sink = sink;
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        begun.increment();
        try {
            return sink.send(messages);
        } finally {
            ended.increment();
        }
    }

    @Override
    public Sink sink() {
        return sink;
    }

    /** Waits until no send is under way, for a bounded time, and closes it. Nobody is to begin another. */
    void retire() throws InterruptedException {
        long start = System.nanoTime();
        long waited = 0;
        // What has ended is read first: a send that begins in between counts as under way.
        while (waited < LATE.toNanos() || ended.sum() != begun.sum() && waited < LONGEST.toNanos()) {
            Thread.sleep(LOOK_MILLIS);
            waited = System.nanoTime() - start;
        }
        close();
    }
}

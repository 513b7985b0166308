package dev.sluice.delivery;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of sinks that fail, once in ten seconds at the most, since a sink that is away fails with every message. */
final class DeliveryLog {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLog.class);
    private static final long EVERY_NANOS = 10_000_000_000L;

    private final String listener;
    private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - EVERY_NANOS);
    private final LongAdder untold = new LongAdder();
    private volatile boolean told;

    DeliveryLog(String listener) {
        this.listener = listener;
    }

    /**
     * @param consequence what happens now
     */
    void failed(String sink, int messages, String reason, String consequence) {
        long now = System.nanoTime();
        long last = toldAt.get();
        if (now - last < EVERY_NANOS || !toldAt.compareAndSet(last, now)) {
            untold.add(messages);
            return;
        }
        told = true;
        long before = untold.sumThenReset();
        log.warn(
                "Listener '{}': sink '{}' did not take {} messages{}: {}; {}",
                listener,
                sink,
                messages,
                before == 0 ? "" : " (and " + before + " untold before)",
                reason,
                consequence);
    }

    /** Tells of it if the failure was told of. */
    void recovered(String sink) {
        if (told) {
            told = false;
            log.info("Listener '{}': sink '{}' takes messages again", listener, sink);
        }
    }
}

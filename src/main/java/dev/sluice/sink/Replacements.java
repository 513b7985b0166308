package dev.sluice.sink;

import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log that a client or connection of a sink was replaced, once in ten seconds at the most. */
public final class Replacements {

    private static final Logger log = LoggerFactory.getLogger(Replacements.class);
    private static final long EVERY_NANOS = 10_000_000_000L;

    private final String sink;
    private final AtomicLong toldAt = new AtomicLong(System.nanoTime() - EVERY_NANOS);
    private final AtomicLong untold = new AtomicLong();

    public Replacements(String sink) {
        this.sink = sink;
    }

    /**
     * Called by any thread.
     *
     * @param client what is replaced, such as {@code the producer}
     * @param why in a few words, as part of a sentence
     */
    public void tell(String client, String why) {
        long now = System.nanoTime();
        long last = toldAt.get();
        if (now - last < EVERY_NANOS || !toldAt.compareAndSet(last, now)) {
            untold.incrementAndGet();
            return;
        }
        long before = untold.getAndSet(0);
        log.warn(
                "Sink '{}': {} is replaced, since {}{}",
                sink,
                client,
                Credentials.hidden(why),
                before == 0 ? "" : " (as " + before + " times untold before)");
    }
}

package dev.sluice.delivery;

import dev.sluice.text.LogThrottle;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells of sinks that fail, once in ten seconds at the most, since a sink that is away fails with every message. */
final class DeliveryLog {

    private static final Logger log = LoggerFactory.getLogger(DeliveryLog.class);

    private final String listener;
    private final LogThrottle throttle = new LogThrottle(Duration.ofSeconds(10));
    private volatile boolean told;

    DeliveryLog(String listener) {
        this.listener = listener;
    }

    /**
     * @param consequence what happens now
     */
    void failed(String sink, int messages, String reason, String consequence) {
        throttle.write(messages, before -> {
            told = true;
            log.warn(
                    "Listener '{}': sink '{}' did not take {} messages{}: {}; {}",
                    listener,
                    sink,
                    messages,
                    before == 0 ? "" : " (and " + before + " untold before)",
                    reason,
                    consequence);
        });
    }

    /** Tells of it if the failure was told of. */
    void recovered(String sink) {
        if (told) {
            told = false;
            log.info("Listener '{}': sink '{}' takes messages again", listener, sink);
        }
    }
}

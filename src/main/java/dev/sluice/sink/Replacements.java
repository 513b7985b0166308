package dev.sluice.sink;

import dev.sluice.text.LogThrottle;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says in the log that a client or connection of a sink was replaced, once in ten seconds at the most. */
public final class Replacements {

    private static final Logger log = LoggerFactory.getLogger(Replacements.class);

    private final String sink;
    private final LogThrottle throttle = new LogThrottle(Duration.ofSeconds(10));

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
        throttle.write(before -> log.warn(
                "Sink '{}': {} is replaced, since {}{}",
                sink,
                client,
                Credentials.hidden(why),
                before == 0 ? "" : " (as " + before + " times untold before)"));
    }
}

package dev.sluice;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import sun.misc.Signal;

/**
 * SIGHUP, by which other servers read their files again, and which would end this one: it is told that nothing happens.
 */
final class HangUp {

    private static final Logger log = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /** From now on, and where the system and the JVM's options allow it. */
    static void ignore() {
        try {
            Signal.handle(
                    new Signal("HUP"),
                    _ -> log.warn(
                            "SIGHUP is ignored: files are read when the program starts. Restart it after an edit"));
        } catch (IllegalArgumentException ex) {
            log.debug("SIGHUP is not Sluice's to handle", ex);
        }
    }
}

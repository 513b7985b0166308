package dev.sluice.delivery;

import dev.sluice.check.Check;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How messages get to their sinks.
 *
 * @param mode through the spool, or at once
 * @param maxSpoolSize of what waits in the spool, dead letters among it
 * @param whenFull what happens to a message for which the spool has no room
 * @param attempts how often a message is sent to a sink before it is a dead letter; 0 is for ever
 * @param backoff between the first two attempts; doubles
 * @param maxBackoff between two attempts at the most
 */
public record DeliveryProperties(
        @DefaultValue("durable") Mode mode,
        @DefaultValue("1GB") DataSize maxSpoolSize,
        @DefaultValue("hold") WhenFull whenFull,
        @DefaultValue("0") int attempts,
        @DefaultValue("1s") Duration backoff,
        @DefaultValue("1m") Duration maxBackoff) {

    private static final DataSize SMALLEST = DataSize.ofMegabytes(1);
    private static final Duration LONGEST = Duration.ofDays(1);

    /** What holds for a spool whose listener is not declared. */
    static final DeliveryProperties DEFAULTS = new DeliveryProperties(
            Mode.DURABLE, DataSize.ofGigabytes(1), WhenFull.HOLD, 0, Duration.ofSeconds(1), Duration.ofMinutes(1));

    /** Says what is wrong with it. */
    public void check(Check check) {
        if (mode == Mode.DIRECT) {
            for (String key : List.of("max-spool-size", "when-full", "attempts", "backoff", "max-backoff")) {
                check.that(
                        !check.saysItself(key),
                        key,
                        "is only for mode 'durable', and the mode is 'direct', in which nothing waits. Remove it");
            }
            return;
        }
        check.that(maxSpoolSize.compareTo(SMALLEST) >= 0, "max-spool-size", maxSpoolSize + " is less than 1MB");
        check.that(attempts >= 0, "attempts", attempts + " is negative. Give 0 to go on until it works");
        boolean positive = check.that(backoff.isPositive(), "backoff", "must be more than 0");
        if (check.that(maxBackoff.compareTo(LONGEST) <= 0, "max-backoff", "is more than a day") && positive) {
            check.that(
                    backoff.compareTo(maxBackoff) <= 0,
                    check.says("backoff") ? "backoff" : "max-backoff",
                    "backoff " + text(backoff) + " is more than max-backoff " + text(maxBackoff));
        }
    }

    /** Returns a duration as an operator writes it. */
    private static String text(Duration duration) {
        return duration.toMillis() % 1000 == 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
    }

    /** Through the spool, or at once. */
    public enum Mode {
        /** Through the spool: accepted when it is on disk, delivered from there. */
        DURABLE,
        /** The sinks are called on the connection's thread; accepted when they have confirmed. */
        DIRECT
    }

    /** What happens to a message for which the spool has no room. */
    public enum WhenFull {
        /** It waits, and nothing more is read from its peer. */
        HOLD,
        /** It is dropped and counted. */
        DROP
    }
}

package dev.sluice.delivery;

import java.time.Duration;
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

    /** What holds for a spool whose listener is not declared. */
    static final DeliveryProperties DEFAULTS = new DeliveryProperties(
            Mode.DURABLE, DataSize.ofGigabytes(1), WhenFull.HOLD, 0, Duration.ofSeconds(1), Duration.ofMinutes(1));

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

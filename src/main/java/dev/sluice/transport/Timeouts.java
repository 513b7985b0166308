package dev.sluice.transport;

import dev.sluice.check.Check;
import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How long a listener waits for its TCP peers; 0 is for ever. Enforced with a precision of a quarter of a second.
 *
 * @param idle nothing read for so long
 * @param frame a frame that has begun must end within this, however slowly it drips
 * @param handshake what has to be agreed upon before the first message, which are PROXY header and TLS, together
 * @param write a peer that does not read what is written to it
 * @param session the greatest age of a connection, which is then ended between two frames
 */
public record Timeouts(
        @DefaultValue("5m") Duration idle,
        @DefaultValue("30s") Duration frame,
        @DefaultValue("10s") Duration handshake,
        @DefaultValue("30s") Duration write,
        @DefaultValue("0") Duration session) {

    /** Says what is wrong with it. */
    public void check(Check check) {
        check(check, "idle", idle);
        check(check, "frame", frame);
        check(check, "handshake", handshake);
        check(check, "write", write);
        check(check, "session", session);
    }

    private static void check(Check check, String key, Duration timeout) {
        String cure = ". Give 0 to wait for ever";
        check.that(!timeout.isNegative(), key, "is negative" + cure);
        check.that(timeout.compareTo(Check.LONGEST) <= 0, key, "is more than a hundred years" + cure);
    }
}

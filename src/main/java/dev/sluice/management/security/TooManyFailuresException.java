package dev.sluice.management.security;

import java.io.Serial;
import org.springframework.security.core.AuthenticationException;

/** A login that is not even looked at, since too many have failed, or are being looked at. */
final class TooManyFailuresException extends AuthenticationException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final long seconds;

    /**
     * @param seconds to wait before the next try
     */
    TooManyFailuresException(long seconds) {
        super("too many failed logins; the next is looked at in " + seconds + " s");
        this.seconds = seconds;
    }

    long seconds() {
        return seconds;
    }
}

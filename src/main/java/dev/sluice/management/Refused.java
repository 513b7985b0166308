package dev.sluice.management;

import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;

/** A call asks for what cannot be. Its message is for the caller to read; see {@link Refusals}. */
final class Refused extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final HttpStatus status;

    Refused(HttpStatus status, @Nullable String reason) {
        super(String.valueOf(reason), null, false, false);
        this.status = status;
    }

    static Refused badRequest(@Nullable String reason) {
        return new Refused(HttpStatus.BAD_REQUEST, reason);
    }

    static Refused notFound(String reason) {
        return new Refused(HttpStatus.NOT_FOUND, reason);
    }

    static Refused noListener(String name) {
        return notFound("there is no listener '" + name + "'");
    }

    static Refused conflict(@Nullable String reason) {
        return new Refused(HttpStatus.CONFLICT, reason);
    }

    static Refused unavailable(String reason) {
        return new Refused(HttpStatus.SERVICE_UNAVAILABLE, reason);
    }

    HttpStatus status() {
        return status;
    }
}

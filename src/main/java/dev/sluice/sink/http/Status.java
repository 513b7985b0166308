package dev.sluice.sink.http;

import dev.sluice.sink.Failure;
import java.util.Optional;

/** What follows from a status, of an answer or of one item in it. */
final class Status {

    private Status() {}

    /**
     * Returns why a message was not taken; empty if it was.
     *
     * @param text what the operator reads of it
     */
    static Optional<Failure> failure(int status, String text) {
        return switch (status) {
            case 401, 403, 407 -> Optional.of(Failure.unauthorized(text));
            case 408, 425, 429 -> Optional.of(Failure.passing(text));
            default ->
                switch (status / 100) {
                    case 2 -> Optional.empty();
                    case 4 -> Optional.of(Failure.poison(text));
                    default -> Optional.of(Failure.passing(text));
                };
        };
    }
}

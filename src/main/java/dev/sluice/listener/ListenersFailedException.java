package dev.sluice.listener;

import java.util.List;
import java.util.stream.Collectors;

/** Listeners could not start with the program. */
public final class ListenersFailedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ListenersFailedException(List<ListenerException> failures) {
        super(failures.stream().map(Throwable::getMessage).collect(Collectors.joining(System.lineSeparator())));
        failures.forEach(this::addSuppressed);
    }
}

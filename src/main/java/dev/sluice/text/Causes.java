package dev.sluice.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** An exception with what caused it, and what it says in a line. */
public final class Causes {

    /** Against causes that lead round in a circle. */
    private static final int MOST = 100;

    private Causes() {}

    /** Returns the exception and its causes, the innermost last. */
    public static List<Throwable> of(Throwable thrown) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = thrown; cause != null && causes.size() < MOST; cause = cause.getCause()) {
            causes.add(cause);
        }
        return causes;
    }

    /** Returns the outermost of this type. */
    public static <T extends Throwable> Optional<T> find(Throwable thrown, Class<T> type) {
        return of(thrown).stream().filter(type::isInstance).map(type::cast).findFirst();
    }

    /** Returns whether the exception or a cause is of one of these types. */
    @SafeVarargs
    public static boolean has(Throwable thrown, Class<? extends Throwable>... types) {
        return Stream.of(types).anyMatch(type -> find(thrown, type).isPresent());
    }

    /** Returns the first line of an exception's own message; the name of its type if it says nothing. */
    public static String line(Throwable thrown) {
        String message = thrown.getMessage();
        return message == null || message.isBlank()
                ? thrown.getClass().getSimpleName()
                : message.strip().lines().findFirst().orElseThrow();
    }
}

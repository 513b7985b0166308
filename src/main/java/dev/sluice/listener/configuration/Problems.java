package dev.sluice.listener.configuration;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;

/** What a check has found so far. */
final class Problems {

    private record Found(Problem problem, String file, int line) {}

    private final List<Found> found = new ArrayList<>();
    private final Set<String> explained = new HashSet<>();

    void add(String key, String message, @Nullable Origin origin) {
        String place = origin != null ? Place.of(origin) : null;
        Problem problem = new Problem(key, message, place);
        // what is wrong with a default is wrong for every listener, and said once
        if (found.stream().noneMatch(other -> other.problem().equals(problem))) {
            String file = place != null ? place.replaceFirst(":\\d+$", "") : "";
            found.add(new Found(problem, file, Place.line(origin)));
        }
    }

    /** Says that a key is not missing, only misspelt, misplaced or unreadable, which another problem tells. */
    void explain(String key) {
        explained.add(key);
    }

    /** Whether it, what it is in, or something in it is explained. */
    boolean isExplained(String key) {
        return explained.stream().anyMatch(other -> Said.isWithin(key, other) || key.startsWith(other + "."));
    }

    /** File by file, in the order of their lines. */
    List<Problem> inOrder() {
        return found.stream()
                .sorted(Comparator.comparing(Found::file).thenComparingInt(Found::line))
                .map(Found::problem)
                .toList();
    }
}

package dev.sluice.listener.configuration;

import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What somebody most probably meant. */
final class Nearest {

    private Nearest() {}

    /** The candidate nearest to what was written, if one is near enough to be worth a suggestion. */
    static Optional<String> to(String written, Collection<String> candidates) {
        Optional<String> nearest = candidates.stream()
                .min(Comparator.comparingInt(candidate -> distance(written, candidate)))
                .filter(candidate -> distance(written, candidate) <= tolerance(written));
        if (nearest.isPresent() || written.length() < 4) {
            return nearest;
        }
        return candidates.stream()
                .filter(candidate ->
                        candidate.contains(written) || (candidate.length() > 3 && written.contains(candidate)))
                .findFirst();
    }

    /**
     * Letters to insert, delete or replace, however the words are capitalised; the right letters in a wrong order are
     * 1.
     */
    static int distance(String written, String candidate) {
        String from = Schema.uniform(written);
        String to = Schema.uniform(candidate);
        if (!from.equals(to)
                && Arrays.equals(
                        from.chars().sorted().toArray(), to.chars().sorted().toArray())) {
            return 1;
        }
        return LevenshteinDistance.getDefaultInstance().apply(from, to);
    }

    private static int tolerance(String written) {
        return written.length() < 4 ? 1 : Math.max(2, written.length() / 3);
    }

    /** " Did you mean 'x'?", or nothing. */
    static String suggestion(String written, Collection<String> candidates) {
        return to(written, candidates).map(x -> " Did you mean '" + x + "'?").orElse("");
    }
}

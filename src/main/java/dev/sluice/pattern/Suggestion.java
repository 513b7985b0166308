package dev.sluice.pattern;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;

/** What was probably meant by a word that is unknown. */
final class Suggestion {

    private static final List<String> TYPES = types();
    private static final int MOST = 3;

    private Suggestion() {}

    private static List<String> types() {
        List<String> types = new ArrayList<>();
        for (String sign : List.of("u", "i")) {
            for (int bits : new int[] {8, 16, 24, 32, 48, 64}) {
                types.add(sign + bits);
                if (bits > 8) {
                    types.add(sign + bits + "le");
                }
            }
        }
        types.addAll(List.of("bcd15", "text15", "dec4", "hex4", "HEX4", "bcd[u8]", "text[u16]"));
        return List.copyOf(types);
    }

    static String ofType(String written) {
        if (written.isEmpty()) {
            return "Say how many bytes, such as '2', or a type, such as 'u16', 'bcd15', 'text15'";
        }
        return of(written, TYPES);
    }

    /** The nearest of these, as what follows a message. */
    static String of(String written, Collection<String> known) {
        String lower = written.toLowerCase(Locale.ROOT);
        int least = known.stream().mapToInt(x -> distance(lower, x)).min().orElse(Integer.MAX_VALUE);
        if (least > Math.max(2, written.length() / 2)) {
            return "There are " + String.join(", ", known);
        }
        return known.stream()
                .filter(x -> distance(lower, x) == least)
                .sorted(Comparator.comparingInt(String::length))
                .limit(MOST)
                .map(x -> "'" + x + "'")
                .collect(Collectors.joining(" or ", "Did you mean ", "?"));
    }

    private static int distance(String lower, String candidate) {
        return LevenshteinDistance.getDefaultInstance().apply(lower, candidate.toLowerCase(Locale.ROOT));
    }
}

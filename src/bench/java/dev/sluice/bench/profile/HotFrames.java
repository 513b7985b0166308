package dev.sluice.bench.profile;

import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/** The methods with the most samples, as text. */
final class HotFrames {

    private static final int MOST = 30;

    private final Profile profile;

    HotFrames(Profile profile) {
        this.profile = profile;
    }

    String text(String name) {
        var text = new StringBuilder("%s: %,d samples (%s), %,d of them without a stack%n"
                .formatted(name, profile.samples(), profile.event(), profile.failed()));
        append(text, "whose code", profile.kinds());
        append(text, "self", profile.self());
        append(text, "self, by line", profile.selfLines());
        append(text, "total", profile.total());
        return text.toString();
    }

    private void append(StringBuilder text, String title, Map<?, Long> counts) {
        text.append('\n').append(title).append('\n');
        counts.entrySet().stream()
                .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
                .limit(MOST)
                .forEach(one -> text.append(String.format(
                        Locale.ROOT, "%6.2f %%  %s%n", 100.0 * one.getValue() / profile.samples(), one.getKey())));
    }
}

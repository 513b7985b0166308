package dev.sluice.bench.profile;

import java.time.Duration;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;

/** The methods that take most of the time, as text. */
final class HotFrames {

    private static final int MOST = 30;

    private final Profile profile;

    HotFrames(Profile profile) {
        this.profile = profile;
    }

    /** @param cpu of the process; what is not in samples are mostly threads of the JVM itself */
    String text(String name, Duration cpu) {
        var text = new StringBuilder("%s: %,d samples (%s) of %,d ms; the process used %,d ms%n"
                .formatted(name, profile.samples(), profile.event(), profile.nanos() / 1_000_000, cpu.toMillis()));
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
                        Locale.ROOT, "%6.2f %%  %s%n", 100.0 * one.getValue() / profile.nanos(), one.getKey())));
    }
}

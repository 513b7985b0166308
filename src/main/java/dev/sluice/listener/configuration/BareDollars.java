package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Set;

/**
 * Refuses {@code ${name:2}} in patterns: there a dollar sign stands before a field, but in a configuration it makes a
 * placeholder of it, which would vanish without a word.
 */
final class BareDollars {

    private static final Set<String> PATTERNS = Set.of("match", "reply", "identify");

    private final Settings settings;
    private final Problems problems;

    BareDollars(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    void check() {
        for (Setting setting : settings.all()) {
            String value = setting.value().toString();
            int at = value.indexOf("${");
            while (at > 0 && value.charAt(at - 1) == '\\') {
                at = value.indexOf("${", at + 1);
            }
            if (at >= 0 && isPattern(setting.path())) {
                int end = value.indexOf('}', at);
                String placeholder = value.substring(at, end < 0 ? value.length() : end + 1);
                problems.explain(Setting.key(setting.path()));
                problems.add(
                        setting.key(),
                        "'" + placeholder + "' is a placeholder of the configuration, not a dollar sign and a field, at"
                                + " character " + (at + 1) + ". Write '\\" + placeholder
                                + "', with two backslashes in double quotes; in hex '$' and the field apart",
                        setting.origin());
            }
        }
    }

    private static boolean isPattern(List<String> path) {
        return path.contains("frames") && path.contains("framing")
                || path.contains("rules") && path.stream().anyMatch(PATTERNS::contains)
                || path.size() > 3 && path.get(2).equals("polls")
                || path.getLast().equals("refused-hex");
    }
}

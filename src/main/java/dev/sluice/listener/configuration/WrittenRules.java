package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds in rules and patterns what binding would pass over without a word. */
final class WrittenRules {

    private static final Pattern RULE =
            Pattern.compile("(sluice\\.(?:listeners|protocols)\\.[^.]+\\.rules\\[\\d+])(.*)");
    private static final Set<String> PATTERNS = Set.of("match", "reply", "identify");
    private static final Pattern PLACEHOLDER = Pattern.compile("(?<!\\\\)\\$\\{[^}]*}?");

    private final Said said;
    private final Problems problems;

    WrittenRules(Said said, Problems problems) {
        this.said = said;
        this.problems = problems;
    }

    void check() {
        for (Setting setting : said.all()) {
            checkDollars(setting);
            if (setting.isEmpty()) {
                checkEmpty(setting);
            }
        }
    }

    /** Refuses {@code ${name:2}} in patterns: a configuration makes a placeholder of it, which would vanish. */
    private void checkDollars(Setting setting) {
        Matcher placeholder = PLACEHOLDER.matcher(setting.value().toString());
        if (placeholder.find() && isPattern(Said.elements(setting.key()))) {
            problems.explain(setting.key());
            problems.add(
                    setting.writtenKey(),
                    "'" + placeholder.group() + "' is a placeholder of the configuration, not a dollar sign and a"
                            + " field, at character " + (placeholder.start() + 1) + ". Write '\\" + placeholder.group()
                            + "', with two backslashes in double quotes; in hex '$' and the field apart",
                    setting.origin());
        }
    }

    /** Whether a dollar sign stands before a field there. */
    private static boolean isPattern(List<String> key) {
        return key.contains("frames") && key.contains("framing")
                || key.contains("rules") && key.stream().anyMatch(PATTERNS::contains)
                || key.size() > 4 && (key.get(3).equals("polls") || key.get(3).equals("commands"))
                || key.getLast().equals("refused-hex");
    }

    /** A rule, or what it matches, of which nothing is said: binding would take the first for the end of the list. */
    private void checkEmpty(Setting setting) {
        Matcher rule = RULE.matcher(setting.key());
        if (!rule.matches()) {
            return;
        }
        if (rule.group(2).equals(".match")) {
            problems.add(
                    setting.writtenKey(),
                    "is empty. Give it 'hex', 'text' or 'regex', or remove it to fit all",
                    setting.origin());
        } else if (said.below(rule.group(1)).stream().allMatch(Setting::isEmpty)) {
            problems.add(
                    rule.group(1),
                    "says nothing. Remove it, or say what becomes of a message, such as 'reply.type: echo'",
                    setting.origin());
        }
    }
}

package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Set;

/** Finds rules, and what they match, of which nothing is said: binding would take the first for the end of the list. */
final class EmptyRules {

    private static final int RULE = 4;

    private final Settings settings;
    private final Problems problems;

    EmptyRules(Settings settings, Problems problems) {
        this.settings = settings;
        this.problems = problems;
    }

    void check() {
        for (Setting setting : settings.all()) {
            List<String> path = setting.path();
            if (!setting.isEmpty() || path.size() < RULE || !isOfRule(path)) {
                continue;
            }
            List<String> rule = path.subList(0, RULE);
            if (path.size() == RULE + 1 && path.getLast().equals("match")) {
                problems.add(
                        setting.key(),
                        "is empty. Give it 'hex', 'text' or 'regex', or remove it to fit all",
                        setting.origin());
            } else if (settings.below(rule).stream().allMatch(Setting::isEmpty)) {
                problems.add(
                        Setting.key(rule),
                        "says nothing. Remove it, or say what becomes of a message, such as 'reply.type: echo'",
                        setting.origin());
            }
        }
    }

    private static boolean isOfRule(List<String> path) {
        return Set.of("listeners", "protocols").contains(path.getFirst())
                && path.get(2).equals("rules");
    }
}

package dev.sluice.delivery.spool;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * For each sink, how many more messages go to it than would if all went to the listener's own sinks: fewer, if the
 * number is negative. Copied once one of them changes. Used by one thread.
 */
final class Apart {

    private Map<String, Long> sums;
    private boolean changed;

    Apart(Map<String, Long> sums) {
        this.sums = sums;
    }

    /** Adds some messages that go, or went, to these sinks in place of others. */
    Apart add(Set<String> to, Set<String> instead, long messages) {
        to.stream().filter(sink -> !instead.contains(sink)).forEach(sink -> add(sink, messages));
        instead.stream().filter(sink -> !to.contains(sink)).forEach(sink -> add(sink, -messages));
        return this;
    }

    /** Adds another sum. */
    Apart add(Map<String, Long> others) {
        others.forEach(this::add);
        return this;
    }

    private void add(String sink, long messages) {
        if (!changed) {
            sums = new HashMap<>(sums);
            changed = true;
        }
        sums.merge(sink, messages, Long::sum);
    }

    Map<String, Long> now() {
        return changed ? Map.copyOf(sums) : sums;
    }
}

package dev.sluice.delivery.spool;

import java.util.HashMap;
import java.util.Map;

/** How much there is of each sink: copied once one of them changes. Used by one thread. */
final class Amounts {

    private Map<String, Amount> amounts;
    private boolean changed;

    Amounts(Map<String, Amount> amounts) {
        this.amounts = amounts;
    }

    /**
     * @param bytes of content; -1 if there is no change
     * @return whether there is one
     */
    boolean add(String sink, int messages, long bytes) {
        if (bytes < 0) {
            return false;
        }
        Amount amount = amounts.getOrDefault(sink, Amount.NONE).plus(messages, messages * bytes);
        put(sink, amount);
        return true;
    }

    void remove(String sink) {
        put(sink, Amount.NONE);
    }

    private void put(String sink, Amount amount) {
        if (!changed) {
            amounts = new HashMap<>(amounts);
            changed = true;
        }
        if (amount.messages() == 0) {
            amounts.remove(sink);
        } else {
            amounts.put(sink, amount);
        }
    }

    Map<String, Amount> now() {
        return changed ? Map.copyOf(amounts) : amounts;
    }
}

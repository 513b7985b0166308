package dev.sluice.listener.configuration;

import dev.sluice.handler.ReplyProperties.Type;
import dev.sluice.memory.MemoryBudget;
import dev.sluice.transport.Limits;
import java.util.ArrayList;
import java.util.List;
import org.springframework.util.unit.DataSize;

/**
 * Says where a limit promises more than the memory that there is. The configuration can be used all the same: the
 * budget holds, whatever the limits say, so what many connections could hold together is no reason to warn.
 */
public final class MemoryWarnings {

    private static final int MOST_OF_HEAP_PERCENT = 90;
    private static final int UNSAID_CONNECTIONS = Declared.unsaid(Limits.class).maxConnections();

    private final SluiceProperties sluice;
    private final long heap;
    private final MemoryBudget budget;
    private final List<String> warnings = new ArrayList<>();

    private MemoryWarnings(SluiceProperties sluice, long heap) {
        this.sluice = sluice;
        this.heap = heap;
        this.budget = new MemoryBudget(sluice.memory().limit().toBytes(heap));
    }

    /**
     * A sentence each, none if all is well.
     *
     * @param heap that the program may have, in bytes
     */
    public static List<String> of(SluiceProperties sluice, long heap) {
        MemoryWarnings found = new MemoryWarnings(sluice, heap);
        found.look();
        return found.warnings;
    }

    private void look() {
        if (budget.limit() > heap / 100 * MOST_OF_HEAP_PERCENT) {
            warnings.add("sluice.memory.limit: " + size(budget.limit()) + " is more than nine tenths of the heap of "
                    + size(heap) + ", which also holds all else. Lower it, or give more heap (-Xmx)");
        }
        sluice.listeners().forEach((name, listener) -> {
            String prefix = "sluice.listeners." + name + ".";
            if (listener.tcp() != null) {
                lookAtMessages(prefix + "framing.max-size: ", listener);
                lookAtConnections(prefix + "limits.max-connections: ", listener.limits());
            }
        });
    }

    private void lookAtMessages(String key, ListenerProperties listener) {
        long maxSize = listener.framing().maxSize().toBytes();
        // As it is read, as it is handed on, as it is encoded for the sinks, and as it is sent back.
        int copies = 2
                + (listener.sinksOfAll().isEmpty() ? 0 : 1)
                + (listener.reply().type() == Type.ECHO ? 1 : 0);
        if (maxSize > budget.mostOfOne() / copies) {
            warnings.add(key + "a message of " + size(maxSize) + " is held " + copies + " times, and one connection may"
                    + " hold " + size(budget.mostOfOne()) + " (half of 'sluice.memory.limit', with a heap of "
                    + size(heap) + "): it is closed with reason 'memory' before. Lower it, or give more heap (-Xmx)");
        }
    }

    private void lookAtConnections(String key, Limits limits) {
        long most = budget.limit() / MemoryBudget.CONNECTION;
        if (limits.maxConnections() != UNSAID_CONNECTIONS && limits.maxConnections() > most) {
            warnings.add(key + "'sluice.memory.limit' has room for " + most + " connections that do nothing, with a"
                    + " heap of " + size(heap) + ". Lower it, or give more heap (-Xmx)");
        }
    }

    private static String size(long bytes) {
        long megabytes = DataSize.ofBytes(bytes).toMegabytes();
        return megabytes > 0 ? megabytes + "MB" : DataSize.ofBytes(bytes).toKilobytes() + "KB";
    }
}

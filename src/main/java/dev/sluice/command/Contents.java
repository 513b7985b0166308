package dev.sluice.command;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Commands that wait, with their bytes, as many as there is room for; others are read again when they are sent. Used by
 * the engine's thread.
 */
final class Contents {

    private static final long MOST_BYTES =
            Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 32);
    /** What one takes besides its bytes. */
    private static final int ENTRY_BYTES = 200;

    private record Where(int partition, long position) {}

    private final Map<Where, Entry.Submitted> kept = new HashMap<>();
    private long bytes;

    void put(int partition, long position, Entry.Submitted command) {
        int more = size(command);
        if (bytes + more <= MOST_BYTES && kept.putIfAbsent(new Where(partition, position), command) == null) {
            bytes += more;
        }
    }

    Entry.@Nullable Submitted get(int partition, long position) {
        return kept.get(new Where(partition, position));
    }

    void remove(int partition, long position) {
        Entry.Submitted removed = kept.remove(new Where(partition, position));
        if (removed != null) {
            bytes -= size(removed);
        }
    }

    private static int size(Entry.Submitted command) {
        return command.payload().length + ENTRY_BYTES;
    }
}

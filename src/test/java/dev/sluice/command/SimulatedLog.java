package dev.sluice.command;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The log as lists, with its clock apart in each partition, compaction, and an end to what is kept. */
final class SimulatedLog {

    /** A record where the log has it. */
    record Placed(int partition, int position, long stamp, Entry entry) {}

    final Partitions partitions;
    final List<List<@Nullable Placed>> records = new ArrayList<>();
    final int[] start;
    final int[] skew;

    SimulatedLog(Partitions partitions, int[] skew) {
        this.partitions = partitions;
        this.skew = skew;
        this.start = new int[partitions.count()];
        for (int i = 0; i < partitions.count(); i++) {
            records.add(new ArrayList<>());
        }
    }

    Placed append(int partition, Entry entry, long now) {
        List<Placed> of = records.get(partition);
        Placed last = of.isEmpty() ? null : of.getLast();
        Placed placed = new Placed(
                partition, of.size(), Math.max(now + skew[partition], last == null ? 0 : last.stamp()), entry);
        of.add(placed);
        return placed;
    }

    long[] ends() {
        long[] ends = new long[records.size()];
        for (int i = 0; i < ends.length; i++) {
            ends[i] = records.get(i).size();
        }
        return ends;
    }

    int end(int partition) {
        return records.get(partition).size();
    }

    void forget(int partition, long position) {
        records.get(partition).set((int) position, null);
    }

    /** Drops what another record of the same key follows. */
    void compact(long before) {
        for (int i = 0; i < records.size(); i++) {
            if (i < partitions.each() || i == partitions.replicas()) {
                compact(records.get(i), before);
            }
        }
    }

    private static void compact(List<@Nullable Placed> of, long before) {
        Map<Object, Integer> last = new HashMap<>();
        for (int i = 0; i < of.size(); i++) {
            Placed placed = of.get(i);
            if (placed == null) {
                continue;
            }
            if (placed.stamp() > before) {
                return;
            }
            Integer earlier = last.put(key(placed.entry()), i);
            if (earlier != null) {
                of.set(earlier, null);
            }
        }
    }

    private record FlightKey(Device device) {}

    private static Object key(Entry entry) {
        return switch (entry) {
            case Entry.Hangup hangup -> hangup;
            case Entry.Claim claim -> new FlightKey(claim.device());
            case Entry.OfDevice ofDevice -> ofDevice.device();
            case Entry.Heartbeat heartbeat -> heartbeat.replica();
            case Entry.Down down -> down.replica();
            case Entry.Forgotten forgotten -> forgotten;
            case Entry.Handed handed -> handed.listener();
        };
    }
}

package dev.sluice.command;

import dev.sluice.command.Journal.Landing;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/** Commands that Kafka has, and this replica has not read back. Used by the engine's thread. */
final class Landings {

    private record Landed(Underway record, Landing landing) {}

    /** They stand under their partition, and there under their position. */
    private final Map<Integer, TreeMap<Long, Landed>> waiting = new HashMap<>();

    void add(Underway record, Landing landing) {
        waiting.computeIfAbsent(record.partition(), _ -> new TreeMap<>())
                .put(record.position(), new Landed(record, landing));
    }

    /** Tells those that wait for what has been read. */
    void land(Reading reading) {
        waiting.forEach((partition, all) -> {
            while (!all.isEmpty() && reading.hasPassed(partition, all.firstKey())) {
                Landed landed = all.pollFirstEntry().getValue();
                landed.landing().landed(landed.record());
            }
        });
    }

    void giveUp(RefusedException why) {
        waiting.values()
                .forEach(all -> all.values().forEach(each -> each.landing().failed(why)));
        waiting.clear();
    }
}

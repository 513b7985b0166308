package dev.sluice.command;

import dev.sluice.command.EntryRecords.Named;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The names of replicas, as their heartbeats tell them. Used by the engine's thread. */
final class Roster {

    private record Seen(String name, long since, long stamp) {}

    private final Map<Long, Seen> seen = new HashMap<>();
    private final Replicas replicas;

    Roster(Replicas replicas) {
        this.replicas = replicas;
    }

    void heard(long replica, Named named, long stamp) {
        seen.put(replica, new Seen(named.name(), named.since(), stamp));
    }

    String name(long replica) {
        Seen found = seen.get(replica);
        return found == null ? "?" : found.name();
    }

    /** Those that live, without their devices. */
    List<LiveReplica> living() {
        List<LiveReplica> living = new ArrayList<>();
        seen.forEach((id, each) -> {
            if (!replicas.isDead(id)) {
                living.add(new LiveReplica(
                        id, each.name(), Instant.ofEpochMilli(each.since()), 0, Instant.ofEpochMilli(each.stamp())));
            }
        });
        return living;
    }

    /** Forgets the names of those that are dead and have no devices. */
    void clean() {
        seen.keySet().removeIf(replicas::isDead);
    }
}

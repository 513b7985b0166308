package dev.sluice.command;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which replicas live, as far as this one can tell from the log. Time is that of the log: no clock of a replica decides
 * what counts.
 */
final class Replicas {

    private static final long NEVER = Long.MIN_VALUE;

    private final long self;
    private final boolean alone;
    private final Timing timing;
    private final Set<Rule> rules;
    /** What each replica had heard when it gave its last sign of life. */
    private final Map<Long, Long> heardBy = new HashMap<>();

    private final Map<Long, Integer> lastSign = new HashMap<>();
    private final Set<Long> down = new HashSet<>();
    private int ownSigns;
    private long ownPosition = -1;
    private long ownAt;
    private long time;

    /**
     * @param alone whether there can be no other that lives, since only one process at a time has the log
     * @param now when this one began to listen
     */
    Replicas(long self, boolean alone, Timing timing, Set<Rule> rules, long now) {
        this.self = self;
        this.alone = alone;
        this.timing = timing;
        this.rules = rules;
        this.ownAt = now;
    }

    void read(Entry.Heartbeat heartbeat, long position, long stamp, long now) {
        time(stamp);
        long replica = heartbeat.replica();
        if (replica == self) {
            ownAt = now;
            ownPosition = position;
        }
        if (rules.contains(Rule.HEARD) && heartbeat.heard() <= heardBy.getOrDefault(replica, NEVER)) {
            return;
        }
        heardBy.put(replica, heartbeat.heard());
        if (replica == self) {
            ownSigns++;
        }
        lastSign.put(replica, ownSigns);
    }

    void read(Entry.Down gone, long stamp) {
        time(stamp);
        down.add(gone.replica());
    }

    Entry.Heartbeat heartbeat() {
        return new Entry.Heartbeat(self, ownPosition);
    }

    /** The time of the log: the stamp of the last heartbeat that was read, no later. */
    long time() {
        return time;
    }

    void time(long stamp) {
        time = Math.max(time, stamp);
    }

    boolean isAlone() {
        return alone;
    }

    boolean isDeaf(long now) {
        return !alone && now - ownAt > timing.deafMillis();
    }

    boolean isDead(long replica) {
        if (replica == self) {
            return false;
        }
        return alone
                || down.contains(replica)
                || ownSigns - lastSign.getOrDefault(replica, 0) >= timing.lostHeartbeats();
    }

    /** Returns whether it is, and has had as long to be heard since so many own heartbeats had been read. */
    boolean isDeadSince(long replica, int heartbeats) {
        boolean certainly = alone || down.contains(replica);
        return isDead(replica) && (certainly || ownSigns - heartbeats >= timing.lostHeartbeats());
    }

    /** How many heartbeats of its own have been read. */
    int ownHeartbeats() {
        return ownSigns;
    }

    /** Returns whether this is the one that looks after a device that nobody holds. */
    boolean isCaretaker(Device device) {
        if (alone) {
            return true;
        }
        int hash = device.hash();
        long own = weight(self, hash);
        for (long replica : lastSign.keySet()) {
            if (replica != self && !isDead(replica) && weight(replica, hash) > own) {
                return false;
            }
        }
        return true;
    }

    private static long weight(long replica, int device) {
        long mixed = (replica * 0x9E3779B97F4A7C15L) ^ (device * 0xC2B2AE3D27D4EB4FL);
        mixed = (mixed ^ mixed >>> 29) * 0xBF58476D1CE4E5B9L;
        return (mixed ^ mixed >>> 32) & Long.MAX_VALUE;
    }

    /** Changes with the set of those that are dead, among them those that were never heard. */
    long signature() {
        long signature = ownSigns >= timing.lostHeartbeats() ? 1 : 0;
        for (long replica : lastSign.keySet()) {
            if (isDead(replica)) {
                signature += weight(replica, 0);
            }
        }
        return signature + down.size();
    }
}

package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/** What a replica has tried with a device, and when it looks at it again. */
final class Attempts {

    private @Nullable Underway presence;
    private @Nullable Underway claim;
    private long heldAt;
    private long quietUntil;

    @Nullable
    Underway presence() {
        return presence;
    }

    void presence(Underway record) {
        presence = record;
    }

    @Nullable
    Underway claim() {
        return claim;
    }

    void claim(Underway record) {
        claim = record;
    }

    /** How many heartbeats of its own this replica had read when the log said that somebody has the device. */
    long heldAt() {
        return heldAt;
    }

    void heldAt(long heartbeats) {
        heldAt = heartbeats;
    }

    /** Before that time of the log there is nothing to do, unless something happens. */
    long quietUntil() {
        return quietUntil;
    }

    void quietUntil(long time) {
        quietUntil = time;
    }

    /** Whether something of it may still get into the log, or be read back. */
    boolean areOpen(Replica replica, long now) {
        return presence != null && presence.isOpen(replica, now) || claim != null && claim.isOpen(replica, now);
    }
}

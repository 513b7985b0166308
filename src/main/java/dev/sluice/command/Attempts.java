package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/**
 * What a replica has tried with a device, and when it looks at it again. Most devices have none.
 *
 * @param quietUntil before that time of the log there is nothing to do, unless something happens
 */
record Attempts(@Nullable Underway presence, @Nullable Underway claim, long quietUntil) {

    static final Attempts NONE = new Attempts(null, null, 0);

    Attempts withPresence(Underway record) {
        return new Attempts(record, claim, quietUntil);
    }

    Attempts withClaim(Underway record) {
        return new Attempts(presence, record, quietUntil);
    }

    Attempts until(long time) {
        return time == quietUntil ? this : new Attempts(presence, claim, time);
    }

    /** Whether something of it may still get into the log, or be read back. */
    boolean areOpen(Replica replica, long now) {
        return presence != null && presence.isOpen(replica, now) || claim != null && claim.isOpen(replica, now);
    }
}

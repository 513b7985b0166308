package dev.sluice.command;

/** A record that was handed to the log, and perhaps has not been read back. */
final class Underway {

    private static final long UNKNOWN = -1;
    private static final long LOST = -2;

    private final Entry entry;
    private final int partition;
    private final long since;
    private long position = UNKNOWN;

    Underway(Entry entry, int partition, long since) {
        this.entry = entry;
        this.partition = partition;
        this.since = since;
    }

    Entry entry() {
        return entry;
    }

    int partition() {
        return partition;
    }

    long since() {
        return since;
    }

    /** Where the log has it; negative if that is not known. */
    long position() {
        return position;
    }

    /** The log has it. */
    void at(long where) {
        position = where;
    }

    /** The log does not have it, and never will. */
    void lost() {
        position = LOST;
    }

    boolean isLost() {
        return position == LOST;
    }

    /** Returns whether it may still count without this replica having read it. */
    boolean isOpen(Replica replica, long now) {
        boolean patient = replica.holds(Rule.PASSED);
        if (position == LOST) {
            return false;
        }
        if (position >= 0 && patient) {
            return !replica.reading().hasPassed(partition, position);
        }
        long retry = replica.timing().retryMillis();
        return now - since < (patient ? 3 * retry : retry);
    }
}

package dev.sluice.command;

/** How far this replica has read the log. */
final class Reading {

    /** The position that is read next, of each partition. */
    private final long[] next;

    private long[] goal;
    private boolean ready;

    /** @param ends of the partitions now, which are to be reached before anything is done */
    Reading(long[] ends) {
        this.next = new long[ends.length];
        this.goal = ends;
        look();
    }

    void passed(int partition, long position) {
        next[partition] = position + 1;
        if (!ready) {
            look();
        }
    }

    boolean hasPassed(int partition, long position) {
        return next[partition] > position;
    }

    boolean isReady() {
        return ready;
    }

    /** Something is missing, so that what is known may be older than what is there. */
    void startAnew(long[] ends) {
        goal = ends;
        ready = false;
        look();
    }

    private void look() {
        for (int i = 0; i < next.length; i++) {
            if (next[i] < goal[i]) {
                return;
            }
        }
        ready = true;
    }
}

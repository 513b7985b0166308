package dev.sluice.memory;

/**
 * The share of a batch of messages in what its holder holds. Taken in steps that double, so that a small batch costs
 * nothing and a large one a few steps, however many messages it has. Belongs to the holder's thread.
 */
public final class Gathering {

    /** So much is part of what a holder is reckoned to take anyway. */
    private static final long FREE = 4096;
    /** Of a message, besides its bytes. */
    private static final int OVERHEAD = 128;

    private final Holding holding;
    private final int copies;
    private final boolean waits;
    private long gathered;
    private long taken = FREE;

    /**
     * @param copies of a message's bytes until the batch is done with; there are more than one where messages wait to
     *     be accepted
     */
    public Gathering(Holding holding, int copies) {
        this.holding = holding;
        this.copies = copies;
        this.waits = copies > 1;
    }

    /**
     * Takes memory for a message of so many bytes, before it is made.
     *
     * @return false if there is none
     */
    public boolean tryAdd(int bytes) {
        long needed = gathered + MemoryBudget.cost(bytes) * copies + OVERHEAD;
        if (needed > taken) {
            long target = Math.max(needed, taken * 2);
            long more = target - taken;
            if (!(waits ? holding.tryGather(more) : holding.tryGrow(more))) {
                return false;
            }
            taken = target;
        }
        gathered = needed;
        return true;
    }

    /** The batch is done with. */
    public void clear() {
        gathered = 0;
        if (taken > FREE) {
            if (waits) {
                holding.shrinkGathered(taken - FREE);
            } else {
                holding.shrink(taken - FREE);
            }
            taken = FREE;
        }
    }
}

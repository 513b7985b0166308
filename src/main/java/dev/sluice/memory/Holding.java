package dev.sluice.memory;

import org.jspecify.annotations.Nullable;

/**
 * What one holder has of the budget. It grows before the memory is taken, and shrinks once it is given back. Belongs to
 * the holder's thread; others may only look, and close the holder.
 */
@SuppressWarnings("NonAtomicVolatileUpdate") // of what its thread alone writes
public final class Holding {

    private final MemoryBudget budget;
    /** Null where nobody can be closed. */
    private final @Nullable Holder holder;

    private volatile long bytes;
    /** This part of them belongs to messages that wait to be accepted. */
    private volatile long gathered;
    /** What it holds as long as it is there: no reason to close it. */
    private volatile long base;

    private volatile boolean closed;

    Holding(MemoryBudget budget, @Nullable Holder holder, long base) {
        this.budget = budget;
        this.holder = holder;
        this.base = base;
        this.bytes = base;
    }

    /**
     * Takes more, if need be after a wait for what others give back.
     *
     * @return false if there is none: the holder, if there is one, is closed then
     */
    public boolean tryGrow(long more) {
        return !closed && budget.tryTake(more, this) && add(more);
    }

    /**
     * Takes more for an array that is to be so long in the place of another, or gives back what it takes less.
     *
     * @return false if there is none, as above
     */
    public boolean tryResize(int from, int to) {
        long more = MemoryBudget.cost(to) - MemoryBudget.cost(from);
        if (more < 0) {
            shrink(-more);
        }
        return more <= 0 || tryGrow(more);
    }

    /** The same for messages, which are held until they are accepted. */
    boolean tryGather(long more) {
        if (closed || !budget.tryGather(more, this)) {
            return false;
        }
        gathered += more;
        return add(more);
    }

    private boolean add(long more) {
        bytes += more;
        return true;
    }

    public void shrink(long less) {
        bytes -= less;
        budget.giveBack(less);
    }

    void shrinkGathered(long less) {
        gathered -= less;
        bytes -= less;
        budget.giveBackGathered(less);
    }

    /** What it holds by now, it holds as long as it is there. */
    public void settle() {
        base = bytes;
    }

    /** Whether there is so little left that nobody should take what can be done without. */
    public boolean isTight() {
        return budget.isTight();
    }

    /** The holder is gone, and with it all that it held. */
    public void end() {
        budget.ended(this);
    }

    long bytes() {
        return bytes;
    }

    long gathered() {
        return gathered;
    }

    long beyondBase() {
        return bytes - base;
    }

    @Nullable
    Holder holder() {
        return holder;
    }

    boolean isClosed() {
        return closed;
    }

    void close() {
        if (holder != null) {
            closed = true;
            holder.closeForMemory();
        }
    }
}

package dev.sluice.memory;

/** Whoever holds memory of the budget, as the budget sees it. Asked by any thread. */
public interface Holder {

    /** Since when it waits for its peer, in {@code System.nanoTime()}; 0 if it does not. */
    long waitsSince();

    /** Whether its peer owes it something: the rest of a frame, or of a handshake, or to read what is written. */
    boolean isOwed();

    /** Closes it, so that it gives back what it holds. Returns at once. */
    void closeForMemory();
}

package dev.sluice.command;

import dev.sluice.message.Takeovers;

/** How connections at several replicas took a device over from each other, as the log tells of it. */
final class Rivalry {

    private static final long NONE = -1;

    private final Takeovers takeovers = new Takeovers();
    /** The epoch of the connection that lost the device last. */
    private long lost = NONE;

    void takenOver(long epoch, long stamp) {
        lost = epoch;
        takeovers.add(stamp);
    }

    /** The device had left the connection of that epoch before another one took it: that was no takeover. */
    void left(long epoch) {
        if (epoch == lost) {
            lost = NONE;
            takeovers.takeBack();
        }
    }

    Takeovers takeovers() {
        return takeovers;
    }
}

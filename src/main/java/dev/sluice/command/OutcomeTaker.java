package dev.sluice.command;

import java.util.List;

/** Takes charge of what has become of the commands of one listener. */
@FunctionalInterface
public interface OutcomeTaker {

    /**
     * Returns once these are safe. Called by one virtual thread at a time, in the order of the log; it may wait as long
     * as it takes, and is interrupted when the commands are closed. What was taken may come once more after a crash.
     *
     * @param ended at least one; each has its outcome
     * @return false if they are to be handed over again, all of them, after a pause
     */
    boolean take(List<CommandState> ended);
}

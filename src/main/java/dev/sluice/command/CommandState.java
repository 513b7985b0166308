package dev.sluice.command;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a command.
 *
 * @param listener the name of the one that took it; empty if nobody knows
 * @param attempts how often it has been sent, or was to be
 * @param submittedAt by the clock of the log, as the two below
 * @param expiresAt when its time to live is over
 * @param outcome null while it is pending
 * @param endedAt null while it is pending
 */
public record CommandState(
        String id,
        Device device,
        String listener,
        Mode mode,
        int attempts,
        Instant submittedAt,
        Instant expiresAt,
        @Nullable Outcome outcome,
        @Nullable Instant endedAt) {

    /** Where a command is. */
    public enum Stage {
        WAITING,
        SENT,
        OVER
    }

    /** Returns where it is. */
    public Stage stage() {
        return outcome != null ? Stage.OVER : attempts > 0 ? Stage.SENT : Stage.WAITING;
    }
}

package dev.sluice.command;

import java.time.Duration;

/** Is told what happens to commands. Called on the engine's thread, so that nothing of it may block or fail. */
public interface CommandWatch {

    /** A command is in the log. */
    default void submitted(CommandState command) {}

    /** The bytes of an attempt are the kernel's. */
    default void written(Device device, String command, int attempt, Duration sinceSubmission) {}

    /** A command has its outcome. */
    default void ended(CommandState command) {}

    /** An answer came that no flight waited for: late, or to nobody. */
    default void unexpected(Device device) {}
}

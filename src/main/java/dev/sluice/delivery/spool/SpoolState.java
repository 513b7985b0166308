package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a spool is at a moment.
 *
 * @param end how many messages were ever appended
 * @param cursors of every sink that it feeds or fed: the position of the first message that it is not done with
 * @param bytes of messages that sinks still wait for, and of dead letters
 * @param capacity how many there may be
 * @param deadLetters how many there are
 * @param failure why nothing can be written just now; null if it can
 * @param heldSince since when it is full and what comes is held; null if it is not
 * @param damaged files set aside because they could not be read, at this opening or an earlier one
 */
public record SpoolState(
        long end,
        Map<String, Long> cursors,
        long bytes,
        long capacity,
        long deadLetters,
        @Nullable String failure,
        @Nullable Instant heldSince,
        List<Path> damaged) {

    /** Why it is full, in words. */
    public String cause() {
        return Fullness.cause(cursors, end, deadLetters);
    }
}

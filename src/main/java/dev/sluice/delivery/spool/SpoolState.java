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
 * @param bytes of messages that named sinks still wait for, of dead letters, and of what is held
 * @param capacity how many there may be
 * @param deadLetters how many there are
 * @param held for each sink that has any, what it gets when others before it in their stream have been taken
 * @param failure why nothing can be written just now; null if it can
 * @param heldSince since when it is full and what comes is held; null if it is not
 * @param cause why it is full, in words; empty if nothing is held
 * @param apart for each sink, how many messages more go to it, of those appended since the opening, than if its
 *     listener's own sinks had always been those of now, and no rule named others
 * @param damaged files set aside because they could not be read, at this opening or an earlier one
 */
public record SpoolState(
        long end,
        Map<String, Long> cursors,
        long bytes,
        long capacity,
        long deadLetters,
        Map<String, Amount> held,
        @Nullable String failure,
        @Nullable Instant heldSince,
        String cause,
        Map<String, Long> apart,
        List<Path> damaged) {}

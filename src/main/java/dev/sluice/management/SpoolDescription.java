package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool.Backlog;
import dev.sluice.delivery.spool.SpoolState;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A spool as the endpoint shows it.
 *
 * @param bytes of messages that sinks wait for, and of dead letters
 * @param capacity how many there may be
 * @param failure why nothing can be written just now
 * @param heldSince since when it is full and what comes is held
 * @param damaged files that were set aside because they could not be read
 * @param sinks by name; orphaned ones last
 * @param deadLetters the oldest of each sink, not more than a hundred in all; left out in a list of spools
 */
record SpoolDescription(
        long bytes,
        long capacity,
        @Nullable String failure,
        @Nullable Instant heldSince,
        List<String> damaged,
        Map<String, Sink> sinks,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<DeadLetterDescription> deadLetters) {

    private static final int MOST_LETTERS = 100;

    /**
     * @param messages that wait
     * @param bytes of them
     * @param oldestAt when the oldest was received
     * @param age of the oldest, in seconds
     * @param attempts how often the message in hand was sent in vain
     * @param deadLetters how many there are
     * @param orphaned whether the listener does not name it any more
     */
    record Sink(
            long messages,
            long bytes,
            @Nullable Instant oldestAt,
            double age,
            int attempts,
            long delivered,
            long deadLetters,
            @Nullable String lastError,
            @Nullable Instant lastErrorAt,
            boolean orphaned) {}

    /** Without dead letters. */
    static SpoolDescription summary(DurableRoute route) {
        return of(route, null);
    }

    /**
     * @param charset of text in messages
     */
    static SpoolDescription whole(DurableRoute route, Charset charset) {
        List<DeadLetterDescription> letters = new ArrayList<>();
        for (String sink : route.spool().deadLetterCounts().keySet()) {
            for (DeadLetter letter : route.spool().deadLetters(sink, 0, MOST_LETTERS - letters.size())) {
                letters.add(DeadLetterDescription.of(letter, charset));
            }
        }
        return of(route, letters);
    }

    private static SpoolDescription of(DurableRoute route, @Nullable List<DeadLetterDescription> letters) {
        SpoolState state = route.spool().state();
        Map<String, Long> counts = route.spool().deadLetterCounts();
        Map<String, Sink> sinks = new LinkedHashMap<>();
        for (SinkLedger ledger : route.ledgers()) {
            sinks.put(ledger.sink(), sink(route, ledger, counts.getOrDefault(ledger.sink(), 0L)));
        }
        for (String orphan : route.orphans()) {
            sinks.put(orphan, orphan(route, orphan, counts.getOrDefault(orphan, 0L)));
        }
        return new SpoolDescription(
                state.bytes(),
                state.capacity(),
                state.failure(),
                state.heldSince(),
                state.damaged().stream().map(Path::toString).toList(),
                sinks,
                letters);
    }

    private static Sink sink(DurableRoute route, SinkLedger ledger, long deadLetters) {
        Backlog backlog = route.spool().backlog(route.position(ledger.sink()));
        return new Sink(
                backlog.messages(),
                backlog.bytes(),
                instant(backlog.oldestAt()),
                Age.seconds(backlog.oldestAt()),
                ledger.attempts(),
                ledger.delivered(),
                deadLetters,
                ledger.lastError(),
                instant(ledger.lastErrorAt()),
                false);
    }

    private static Sink orphan(DurableRoute route, String sink, long deadLetters) {
        Backlog backlog = route.spool().backlog(route.position(sink));
        return new Sink(
                backlog.messages(),
                backlog.bytes(),
                instant(backlog.oldestAt()),
                Age.seconds(backlog.oldestAt()),
                0,
                0,
                deadLetters,
                null,
                null,
                true);
    }

    private static @Nullable Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}

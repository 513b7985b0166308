package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.LetterOrder;
import dev.sluice.delivery.spool.SpoolQueries.Backlog;
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
 * @param abandoned whether no listener uses it any more
 * @param sinks by name; orphaned ones last
 * @param deadLetters the oldest of each sink, not more than a hundred in all; left out in a list of spools. Or a
 *     page of them
 * @param deadLettersTotal how many there are on all pages; left out unless a page was asked for
 */
record SpoolDescription(
        long bytes,
        long capacity,
        @Nullable String failure,
        @Nullable Instant heldSince,
        List<String> damaged,
        boolean abandoned,
        Map<String, Sink> sinks,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable List<DeadLetterDescription> deadLetters,

        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Long deadLettersTotal) {

    private static final int MOST_LETTERS = 100;
    private static final int MOST_STREAMS = 100;

    private static final Map<String, LetterOrder> LETTER_ORDERS = new LinkedHashMap<>();

    static {
        LETTER_ORDERS.put("position", LetterOrder.POSITION);
        LETTER_ORDERS.put("diedAt", LetterOrder.DIED_AT);
        LETTER_ORDERS.put("attempts", LetterOrder.ATTEMPTS);
    }

    /**
     * @param routed messages that were to go to it: always those that are delivered, wait, are dead letters or purged
     * @param messages that wait
     * @param bytes of them, but for those of held streams
     * @param oldestAt when the oldest was received
     * @param age of the oldest, in seconds
     * @param attempts how often the message in hand was sent in vain
     * @param deadLetters how many there are
     * @param heldStreams how many streams wait behind a message that it refuses
     * @param held those that have waited longest, not more than a hundred; left out in a list of spools
     * @param orphaned whether the listener does not name it any more
     * @param delivering whether what is left is being delivered
     */
    record Sink(
            long routed,
            long messages,
            long bytes,
            @Nullable Instant oldestAt,
            double age,
            int attempts,
            long delivered,
            long deadLetters,
            long purged,
            @Nullable String lastError,
            @Nullable Instant lastErrorAt,
            int heldStreams,

            @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable
            List<HeldStream> held,

            boolean orphaned,
            boolean delivering) {}

    /**
     * @param stream the id of a connection; for UDP a source address
     * @param messages that are held
     * @param oldestAt when the first of them was received, which is the one that is refused
     * @param attempts how often that was sent in vain, since the start
     */
    record HeldStream(
            String stream,
            long messages,
            @Nullable Instant oldestAt,
            int attempts,
            @Nullable String lastError) {}

    /** Without dead letters and held streams. */
    static SpoolDescription summary(DurableRoute route, boolean abandoned) {
        return of(route, abandoned, null, null);
    }

    /**
     * @param charset of text in messages
     */
    static SpoolDescription whole(DurableRoute route, boolean abandoned, Charset charset) {
        List<DeadLetterDescription> letters = new ArrayList<>();
        for (String sink : route.spool().deadLetterCounts().keySet()) {
            for (DeadLetter letter : route.spool().queries().deadLetters(sink, 0, MOST_LETTERS - letters.size())) {
                letters.add(DeadLetterDescription.of(letter, charset));
            }
        }
        return of(route, abandoned, letters, null);
    }

    /**
     * Makes one with a page of dead letters.
     *
     * @param sink whose they are; null for those of all
     * @param charset of text in messages
     * @throws Refused if they cannot be sorted so; says how they can
     */
    static SpoolDescription paged(
            DurableRoute route, boolean abandoned, Page page, @Nullable String sink, Charset charset) {
        LetterOrder order = page.order(LETTER_ORDERS, "position");
        Map<String, Long> counts = route.spool().deadLetterCounts();
        List<DeadLetterDescription> letters = route.spool()
                .queries()
                .deadLetters(
                        sink,
                        order,
                        page.descending(),
                        page.offset(),
                        page.limit(),
                        letter -> DeadLetterDescription.of(letter, charset));
        long total = sink == null
                ? counts.values().stream().mapToLong(Long::longValue).sum()
                : counts.getOrDefault(sink, 0L);
        return of(route, abandoned, letters, total);
    }

    private static SpoolDescription of(
            DurableRoute route,
            boolean abandoned,
            @Nullable List<DeadLetterDescription> letters,
            @Nullable Long total) {
        SpoolState state = route.spool().state();
        Map<String, Sink> sinks = new LinkedHashMap<>();
        for (SinkLedger ledger : route.ledgers()) {
            sinks.put(ledger.sink(), sink(route, ledger, letters != null, false));
        }
        for (SinkLedger ledger : route.leftOvers().ledgers()) {
            sinks.put(ledger.sink(), sink(route, ledger, letters != null, true));
        }
        return new SpoolDescription(
                state.bytes(),
                state.capacity(),
                state.failure(),
                state.heldSince(),
                state.damaged().stream().map(Path::toString).toList(),
                abandoned,
                sinks,
                letters,
                total);
    }

    private static Sink sink(DurableRoute route, SinkLedger ledger, boolean whole, boolean orphaned) {
        String sink = ledger.sink();
        Backlog backlog = route.spool().queries().backlog(sink, route.position(sink));
        return new Sink(
                route.routed(ledger),
                route.spooled(ledger),
                backlog.bytes(),
                instant(backlog.oldestAt()),
                Age.seconds(backlog.oldestAt()),
                ledger.attempts(),
                ledger.delivered(),
                route.spool().deadLetterCounts().getOrDefault(sink, 0L),
                ledger.purged(),
                ledger.lastError(),
                instant(ledger.lastErrorAt()),
                route.heldStreams(sink),
                whole ? held(route, sink) : null,
                orphaned,
                !orphaned || route.leftOvers().isDelivered(sink));
    }

    private static List<HeldStream> held(DurableRoute route, String sink) {
        return route.held(sink).stream()
                .limit(MOST_STREAMS)
                .map(held -> new HeldStream(
                        held.stream(), held.messages(), instant(held.oldestAt()), held.attempts(), held.lastError()))
                .toList();
    }

    private static @Nullable Instant instant(long millis) {
        return millis == 0 ? null : Instant.ofEpochMilli(millis);
    }
}

package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.spool.LetterOrder;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Some of the dead letters of a spool.
 *
 * @param total how many there are on all pages
 */
record LetterPage(List<DeadLetterDescription> letters, long total) {

    private static final Map<String, LetterOrder> ORDERS =
            Map.of("position", LetterOrder.POSITION, "diedAt", LetterOrder.DIED_AT, "attempts", LetterOrder.ATTEMPTS);

    /**
     * @param sink of this one only; null for all
     * @param charset of text in messages
     * @throws IllegalArgumentException if they cannot be sorted so; says how they can
     */
    static LetterPage of(DurableRoute route, Page page, @Nullable String sink, Charset charset) {
        LetterOrder order = ORDERS.get(page.sort() == null ? "position" : page.sort());
        if (order == null) {
            throw new IllegalArgumentException("'sort' is '" + page.sort() + "', by which nothing is sorted. Write one"
                    + " of position, diedAt, attempts, with '-' in front for the greatest first");
        }
        Map<String, Long> counts = route.spool().deadLetterCounts();
        return new LetterPage(
                route.spool()
                        .queries()
                        .deadLetters(
                                sink,
                                order,
                                page.descending(),
                                page.offset(),
                                page.limit(),
                                letter -> DeadLetterDescription.of(letter, charset)),
                sink == null
                        ? counts.values().stream().mapToLong(Long::longValue).sum()
                        : counts.getOrDefault(sink, 0L));
    }
}

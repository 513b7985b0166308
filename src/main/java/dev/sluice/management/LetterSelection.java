package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.spool.LetterKey;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The dead letters that a caller names.
 *
 * @param positions by sink
 */
record LetterSelection(Map<String, NavigableSet<Long>> positions) {

    private static final int MOST = 1000;

    /**
     * @param letters as the endpoint shows them
     * @throws Refused saying what is wrong with them, and what would be right
     */
    static LetterSelection of(String... letters) {
        if (letters.length == 0 || letters.length > MOST) {
            throw Refused.badRequest("'letters' names " + letters.length + " dead letters. Name 1 to " + MOST
                    + " of those that GET shows as 'letter'");
        }
        Map<String, NavigableSet<Long>> positions = new TreeMap<>();
        for (String letter : letters) {
            try {
                LetterKey key = LetterKey.parse(letter);
                positions.computeIfAbsent(key.sink(), _ -> new TreeSet<>()).add(key.position());
            } catch (IllegalArgumentException ex) {
                throw Refused.badRequest("'letters': " + ex.getMessage() + ". Name those that GET shows as 'letter'");
            }
        }
        return new LetterSelection(positions);
    }

    /** Returns a sink of theirs to which nothing is delivered, so that they cannot be sent. */
    Optional<String> undelivered(DurableRoute spool) {
        return positions.keySet().stream()
                .filter(sink -> !spool.isDelivered(sink))
                .findFirst();
    }

    /** Has them sent once more. Returns how many of them there are. */
    long replay(DurableRoute spool) {
        return positions.entrySet().stream()
                .mapToLong(of -> spool.replay(of.getKey(), of.getValue()))
                .sum();
    }

    /** Drops them. Returns how many there were. */
    long purge(DurableRoute spool) {
        return positions.entrySet().stream()
                .mapToLong(of -> spool.purgeDeadLetters(of.getKey(), of.getValue()))
                .sum();
    }
}

package dev.sluice.delivery.spool;

import java.util.Map;

/**
 * What is in a spool, in numbers.
 *
 * @param end how many messages were ever appended
 * @param endBytes the length of all content that was
 * @param cursors of each sink, the position of the first message that it is not done with
 * @param firstBytes the length of all content before the first message that any sink waits for
 * @param deadLetters how many there are
 * @param deadLetterBytes of their content
 */
record SpoolContents(
        long end, long endBytes, Map<String, Long> cursors, long firstBytes, long deadLetters, long deadLetterBytes) {

    static final SpoolContents EMPTY = new SpoolContents(0, 0, Map.of(), 0, 0, 0);

    /** The position of the first message that any sink waits for; the end if none does. */
    long first() {
        return first(cursors, end);
    }

    static long first(Map<String, Long> cursors, long end) {
        return cursors.values().stream().mapToLong(Long::longValue).min().orElse(end);
    }

    SpoolContents withDeadLetters(long letters, long bytes) {
        return new SpoolContents(end, endBytes, cursors, firstBytes, letters, bytes);
    }

    /** What counts towards the capacity. */
    long bytes() {
        return endBytes - firstBytes + deadLetterBytes;
    }
}

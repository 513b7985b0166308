package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What reached a sink, in the order of arrival, held against what peers were told is accepted. Each message is a line
 * of a {@link NumberedLoad}: its connection's number, a dash, and its own, counted from 1.
 */
final class Deliveries {

    /**
     * What a sink may get twice after a crash: the batch that is sent, and the one whose acknowledgement is on its way.
     */
    static final int WINDOW = 2 * 1000;

    private static final int MOST_COMPLAINTS = 20;

    private final Map<Integer, Stream> streams = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private long distinct;
    private long repeats;

    /** The messages of one connection. */
    private static final class Stream {
        private final BitSet seen = new BitSet();
        private String id = "";
        private int highest;
    }

    synchronized void add(String id, String line) {
        int dash = line.indexOf('-');
        int number = Integer.parseInt(line, dash + 1, line.length(), 10);
        Stream stream = streams.computeIfAbsent(Integer.parseInt(line, 0, dash, 10), _ -> new Stream());
        checkId(stream, id, line, number);
        if (stream.seen.get(number)) {
            repeats++;
            if (number <= stream.highest - WINDOW) {
                complain(line + " came again behind " + stream.highest);
            }
            return;
        }
        // All that a connection sends is accepted from its first line on, or not: there are no gaps.
        if (number != stream.highest + 1) {
            complain(line + " came behind " + stream.highest);
        }
        distinct++;
        stream.seen.set(number);
        stream.highest = Math.max(stream.highest, number);
    }

    /** The same message has the same id whenever it comes, and no other message has it. */
    private void checkId(Stream stream, String id, String line, int number) {
        String suffix = "-" + number;
        String own = id.endsWith(suffix) ? id.substring(0, id.length() - suffix.length()) : "";
        if (stream.id.isEmpty()) {
            stream.id = own;
        }
        if (own.isEmpty() || !own.equals(stream.id)) {
            complain(line + " has the id " + id);
        }
    }

    private void complain(String complaint) {
        if (wrong.size() < MOST_COMPLAINTS) {
            wrong.add(complaint);
        }
    }

    /** How many of these lines have not come. */
    synchronized long missing(Map<Integer, Integer> accepted) {
        long missing = 0;
        for (Map.Entry<Integer, Integer> entry : accepted.entrySet()) {
            Stream stream = streams.get(entry.getKey());
            int came = stream == null
                    ? 0
                    : stream.seen.get(1, entry.getValue() + 1).cardinality();
            missing += entry.getValue() - came;
        }
        return missing;
    }

    synchronized void assertRight(int crashes) {
        assertThat(wrong).isEmpty();
        assertThat(repeats).as("messages that came again").isLessThanOrEqualTo((long) crashes * WINDOW);
    }

    synchronized long distinct() {
        return distinct;
    }

    synchronized long repeats() {
        return repeats;
    }
}

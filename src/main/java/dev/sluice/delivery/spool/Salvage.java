package dev.sluice.delivery.spool;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries over into a new file what of a damaged one can still be read and has the right checksum. Works on copies.
 *
 * <p>The first page of a spool is always the same but for a few numbers, since its tables are always made in the same order:
 * where it is damaged, that of a new spool stands in for it.
 */
final class Salvage {

    private static final Logger log = LoggerFactory.getLogger(Salvage.class);

    /** Single rows looked for between those that can be walked to from both ends. */
    private static final long MOST_PROBES = 200_000;

    /** A page that points back at itself has no end. */
    private static final long MOST_LETTERS = 10_000_000;

    /** What is beyond was never a position. */
    private static final long MOST_POSITION = Long.MAX_VALUE / 4;

    /** More than a row ever holds. */
    private static final long MOST_MESSAGES = 1 << 20;

    private static final int PAGES_OFFSET = 28;
    private static final int FREE_LIST_OFFSET = 32;
    private static final int PAGE_SIZE_OFFSET = 16;

    private final String listener;
    private final Path damaged;
    private final Path scratch;

    /**
     * @param damaged the file, as it was found; its log is beside it
     * @param scratch a directory of its own
     */
    Salvage(String listener, Path damaged, Path scratch) {
        this.listener = listener;
        this.damaged = damaged;
        this.scratch = scratch;
    }

    /**
     * Writes a new spool.
     *
     * @param sinks those that get everything that is left, where it is not known how far they were
     * @return how many messages are in it
     */
    long into(Path target, Collection<String> sinks) throws SQLException, IOException {
        Findings best = null;
        for (Path candidate : candidates()) {
            Findings found = find(candidate);
            if (best == null || found.size() > best.size()) {
                best = found;
            }
        }
        try (SpoolFile file = SpoolFile.open(target)) {
            long messages = best == null || best.size() == 0 ? nothing(sinks, file) : carryOver(best, sinks, file);
            file.commit();
            file.checkpoint();
            return messages;
        }
    }

    private static long nothing(Collection<String> sinks, SpoolFile to) throws SQLException {
        Map<String, Long> cursors = new HashMap<>();
        for (String sink : sinks) {
            cursors.put(sink, 0L);
            to.putCursor(sink, 0);
        }
        to.putEnd(new SpoolContents(0, 0, cursors, 0, 0, 0));
        return 0;
    }

    /**
     * What can be read of a copy.
     *
     * @param positions of all rows of messages, though not all of them may be right
     * @param letters how many dead letters are right
     * @param lastLetter the greatest position of one
     * @param cursors how many are right
     */
    private record Findings(Path copy, TreeSet<Long> positions, int letters, long lastLetter, int cursors) {

        int size() {
            return positions.size() + letters + cursors;
        }
    }

    private Findings find(Path copy) {
        TreeSet<Long> positions = positions(copy);
        TreeSet<Long> letters = new TreeSet<>();
        int[] count = new int[1];
        int cursors = 0;
        try (Connection connection = SpoolFile.connect(copy, false)) {
            eachDeadLetter(connection, letter -> {
                letters.add(letter.position());
                count[0]++;
            });
            cursors = (int) SpoolFile.cursors(connection).stream()
                    .filter(SpoolFile.Cursor::isRight)
                    .count();
        } catch (SQLException ex) {
            log.debug("Not all of {} can be read", copy, ex);
        }
        return new Findings(copy, positions, count[0], letters.isEmpty() ? -1 : letters.last(), cursors);
    }

    /** Copies: as it was, with the first page of a new spool, and this also without the log. */
    private List<Path> candidates() throws IOException, SQLException {
        List<Path> candidates = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            Path copy = scratch.resolve("copy-" + i);
            Files.copy(damaged, copy, StandardCopyOption.REPLACE_EXISTING);
            Path wal = Path.of(damaged + "-wal");
            if (i < 2 && Files.exists(wal)) {
                Files.copy(wal, Path.of(copy + "-wal"), StandardCopyOption.REPLACE_EXISTING);
            }
            if (i > 0) {
                mendFirstPage(copy);
            }
            candidates.add(copy);
        }
        return candidates;
    }

    private void mendFirstPage(Path copy) throws IOException, SQLException {
        Path fresh = scratch.resolve("fresh");
        try (SpoolFile file = SpoolFile.open(fresh)) {
            file.commit();
            file.checkpoint();
        }
        byte[] bytes = Files.readAllBytes(fresh);
        int pageSize = Short.toUnsignedInt(ByteBuffer.wrap(bytes).getShort(PAGE_SIZE_OFFSET));
        ByteBuffer page = ByteBuffer.wrap(bytes, 0, pageSize);
        page.putInt(PAGES_OFFSET, (int) (Files.size(copy) / pageSize));
        page.putLong(FREE_LIST_OFFSET, 0);
        try (RandomAccessFile file = new RandomAccessFile(copy.toFile(), "rw")) {
            file.write(bytes, 0, pageSize);
        }
    }

    /** Of all rows that can be found, though not all of them may be right. */
    private static TreeSet<Long> positions(Path file) {
        TreeSet<Long> found = new TreeSet<>();
        try (Connection connection = SpoolFile.connect(file, false)) {
            if (!walk(connection, "order by position", found)) {
                long last = found.isEmpty() ? -1 : found.last();
                TreeSet<Long> behind = new TreeSet<>();
                walk(connection, "order by position desc", behind);
                long next = behind.isEmpty() ? last : behind.first();
                found.addAll(behind);
                probe(connection, last, next, found);
            }
        } catch (SQLException ex) {
            log.debug("{} cannot be walked", file, ex);
        }
        return found;
    }

    /** Answers whether it came to the end. */
    private static boolean walk(Connection connection, String order, TreeSet<Long> found) {
        try (PreparedStatement select = connection.prepareStatement("select position from batch " + order);
                ResultSet row = select.executeQuery()) {
            while (row.next()) {
                if (!found.add(row.getLong(1))) {
                    return false; // in circles
                }
            }
            return true;
        } catch (SQLException ex) {
            log.debug("A walk ends after {} rows", found.size(), ex);
            return false;
        }
    }

    private static void probe(Connection connection, long after, long before, TreeSet<Long> found) throws SQLException {
        try (PreparedStatement select = connection.prepareStatement("select position from batch where position = ?")) {
            for (long at = after + 1; at < before && at - after <= MOST_PROBES; at++) {
                select.setLong(1, at);
                try (ResultSet row = select.executeQuery()) {
                    if (row.next()) {
                        found.add(row.getLong(1));
                    }
                } catch (SQLException ex) {
                    log.trace("No row at {}", at, ex);
                }
            }
        }
    }

    private long carryOver(Findings from, Collection<String> sinks, SpoolFile to) throws SQLException {
        try (Connection connection = SpoolFile.connect(from.copy(), false)) {
            Map<String, Long> cursors = cursors(connection, sinks);
            Map<String, Long> moved = new HashMap<>();
            SortedSet<Long> positions = from.positions().headSet(MOST_POSITION);
            // Beyond every position that there ever was, since dead letters keep theirs.
            long end = Math.max(
                    Math.max(positions.isEmpty() ? 0 : positions.last(), from.lastLetter()) + MOST_MESSAGES,
                    cursors.values().stream().mapToLong(Long::longValue).max().orElse(0));
            long start = end;
            long endBytes = 0;
            cursors.keySet().forEach(sink -> moved.put(sink, start));
            try (PreparedStatement select =
                    connection.prepareStatement(SpoolFile.SELECT_BATCH + "where position = ?")) {
                for (long position : positions) {
                    StoredBatch batch = batch(select, position);
                    if (batch == null) {
                        continue;
                    }
                    to.insert(new StoredBatch(end, batch.messages(), endBytes, batch.receivedAt(), batch.content()));
                    for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
                        long done = Math.clamp(cursor.getValue() - batch.position(), 0, batch.messages());
                        if (done > 0) {
                            moved.put(cursor.getKey(), end + done);
                        }
                    }
                    end += batch.messages();
                    endBytes += batch.content().length;
                }
            }
            for (Map.Entry<String, Long> cursor : moved.entrySet()) {
                to.putCursor(cursor.getKey(), cursor.getValue());
            }
            carryOverDeadLetters(connection, to);
            to.putEnd(to.withDeadLetters(new SpoolContents(end, endBytes, moved, 0, 0, 0)));
            return end - start;
        }
    }

    private @Nullable StoredBatch batch(PreparedStatement select, long position) {
        try {
            select.setLong(1, position);
            try (ResultSet row = select.executeQuery()) {
                return row.next() ? SpoolFile.batch(row).orElse(null) : null;
            }
        } catch (SQLException ex) {
            log.debug("Listener '{}': the row at {} cannot be read", listener, position, ex);
            return null;
        }
    }

    private static Map<String, Long> cursors(Connection connection, Collection<String> sinks) {
        Map<String, Long> cursors = new HashMap<>();
        sinks.forEach(sink -> cursors.put(sink, 0L));
        try {
            for (SpoolFile.Cursor cursor : SpoolFile.cursors(connection)) {
                if (!cursor.isEnd() && cursor.isRight()) {
                    cursors.put(cursor.sink(), cursor.position());
                }
            }
        } catch (SQLException ex) {
            log.debug("Not all cursors can be read", ex);
        }
        return cursors;
    }

    private void carryOverDeadLetters(Connection connection, SpoolFile to) throws SQLException {
        eachDeadLetter(connection, letter -> {
            to.remove(letter);
            to.insert(letter);
        });
    }

    private interface DeadLetterUse {
        void accept(DeadLetter letter) throws SQLException;
    }

    /** From both ends, up to where it cannot be read. */
    private void eachDeadLetter(Connection connection, DeadLetterUse use) throws SQLException {
        for (String order : List.of("order by sink, position", "order by sink desc, position desc")) {
            try (PreparedStatement select = connection.prepareStatement(SpoolFile.SELECT_DEAD_LETTER + order);
                    ResultSet row = select.executeQuery()) {
                long most = MOST_LETTERS;
                while (most-- > 0 && row.next()) {
                    Optional<DeadLetter> letter = SpoolFile.deadLetter(listener, row);
                    if (letter.isPresent()) {
                        use.accept(letter.get());
                    }
                }
                return;
            } catch (SQLException ex) {
                log.debug("Listener '{}': not all dead letters can be read", listener, ex);
            }
        }
    }
}

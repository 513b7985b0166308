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
import java.util.Set;
import java.util.TreeSet;
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
            long messages = best == null || best.size() == 0
                    ? nothing(sinks, file)
                    : new CarryOver(listener, file, sinks).carryOver(best.copy(), best.positions());
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
        to.putEnd(new SpoolContents(0, Set.of(), cursors, Map.of(), Map.of(), Map.of()));
        return 0;
    }

    /**
     * What can be read of a copy.
     *
     * @param positions of all rows of messages, though not all of them may be right
     * @param others how many rows of other tables are right
     */
    private record Findings(Path copy, TreeSet<Long> positions, int others) {

        int size() {
            return positions.size() + others;
        }
    }

    private Findings find(Path copy) {
        TreeSet<Long> positions = positions(copy);
        int[] others = new int[1];
        try (Connection connection = Sqlite.connect(copy, false)) {
            KeptRows kept = new KeptRows(listener, connection);
            kept.eachDeadLetter(letter -> others[0]++);
            kept.eachHeld((sink, message) -> others[0]++);
            others[0] += (int) SpoolRows.cursors(connection).stream()
                    .filter(SpoolRows.Cursor::isRight)
                    .count();
        } catch (SQLException ex) {
            log.debug("Not all of {} can be read", copy, ex);
        }
        return new Findings(copy, positions, others[0]);
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
        try (Connection connection = Sqlite.connect(file, false)) {
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
}

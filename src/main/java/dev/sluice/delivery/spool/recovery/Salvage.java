package dev.sluice.delivery.spool.recovery;

import dev.sluice.delivery.spool.SpoolFile;
import dev.sluice.delivery.spool.Sqlite;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries over into a new file what of a damaged one can still be read and has the right checksum. Works on a copy. */
final class Salvage {

    private static final Logger log = LoggerFactory.getLogger(Salvage.class);

    /** Single rows looked for between those that can be walked to from both ends. */
    private static final long MOST_PROBES = 200_000;

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
        Path copy = scratch.resolve("copy");
        SpoolRecovery.copyWithLog(damaged, copy);
        try (Connection source = open(copy);
                SpoolFile file = SpoolFile.open(target)) {
            long messages = new CarryOver(listener, file, sinks).carryOver(source, positions(source));
            file.commit();
            file.checkpoint();
            return messages;
        }
    }

    /** An empty file stands in for one of which SQLite cannot make anything. */
    private Connection open(Path copy) throws SQLException {
        try {
            return Sqlite.connect(copy, false);
        } catch (SQLException ex) {
            log.debug("{} is no database", copy, ex);
            return Sqlite.connect(scratch.resolve("empty"), false);
        }
    }

    /** Returns the positions of all rows that can be found. Not all of these rows may be right. */
    private static TreeSet<Long> positions(Connection connection) {
        TreeSet<Long> found = new TreeSet<>();
        try {
            if (!walk(connection, "order by position", found)) {
                long last = found.isEmpty() ? -1 : found.last();
                TreeSet<Long> behind = new TreeSet<>();
                walk(connection, "order by position desc", behind);
                long next = behind.isEmpty() ? last : behind.first();
                found.addAll(behind);
                probe(connection, last, next, found);
            }
        } catch (SQLException ex) {
            log.debug("Its rows cannot be looked for one by one", ex);
        }
        return found;
    }

    /** Returns whether it came to the end. */
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

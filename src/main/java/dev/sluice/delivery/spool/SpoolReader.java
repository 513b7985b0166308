package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads back what is no longer in memory, on a connection of its own, which it opens when it first needs it. */
final class SpoolReader implements Spool.Reader {

    private final Path path;
    private final long start;
    private @Nullable Connection connection;

    SpoolReader(Path path, long start) {
        this.path = path;
        this.start = start;
    }

    @Override
    public long start() {
        return start;
    }

    /**
     * @return from the batch that holds the position, about so many bytes
     */
    List<StoredBatch> from(long position, long most) {
        try {
            return query(position, most);
        } catch (SQLException ex) {
            close();
            throw new SpoolException("cannot be read: " + SpoolProblem.describe(ex), ex);
        }
    }

    private List<StoredBatch> query(long position, long most) throws SQLException {
        List<StoredBatch> found = new ArrayList<>();
        long size = 0;
        try (PreparedStatement select = connection()
                .prepareStatement(SpoolFile.SELECT_BATCH
                        + "where position >= (select max(position) from batch where position <= ?) order by"
                        + " position")) {
            select.setLong(1, position);
            try (ResultSet row = select.executeQuery()) {
                while (size < most && row.next()) {
                    long at = row.getLong(1);
                    StoredBatch batch = SpoolFile.batch(row)
                            .orElseThrow(() -> new SpoolException("the row at " + at
                                    + " is damaged. Restart: what is damaged is set aside then, the rest is served"));
                    if (found.isEmpty() ? at > position : at != found.getLast().end()) {
                        throw missing(
                                found.isEmpty() ? position : found.getLast().end());
                    }
                    found.add(batch);
                    size += batch.content().length;
                }
            }
        }
        if (found.isEmpty() || found.getFirst().end() <= position) {
            throw missing(position);
        }
        return found;
    }

    private static SpoolException missing(long position) {
        return new SpoolException("the row at " + position
                + " is missing. Restart: what is damaged is set aside then, the rest is served");
    }

    private Connection connection() throws SQLException {
        Connection open = connection;
        if (open == null) {
            open = SpoolFile.connect(path, true);
            connection = open;
        }
        return open;
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (SQLException ex) {
                throw new SpoolException("closing " + path + " failed: " + ex.getMessage(), ex);
            }
        }
    }
}

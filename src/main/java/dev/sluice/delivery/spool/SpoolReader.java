package dev.sluice.delivery.spool;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Reads back what is no longer in memory, on a connection of its own, which it opens when it first needs it. */
final class SpoolReader implements Spool.Reader {

    private final SpoolConnections.Kept connection;
    private final long start;

    SpoolReader(SpoolConnections connections, long start) {
        this.connection = connections.keep();
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
            return connection.ask(open -> query(open, position, most));
        } catch (SQLException ex) {
            close();
            throw new SpoolException("cannot be read: " + SpoolProblem.describe(ex), ex);
        }
    }

    private static List<StoredBatch> query(Connection connection, long position, long most) throws SQLException {
        List<StoredBatch> found = new ArrayList<>();
        long size = 0;
        try (PreparedStatement select = connection.prepareStatement(SpoolFile.SELECT_BATCH
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

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException ex) {
            throw new SpoolException("cannot be closed: " + SpoolProblem.describe(ex), ex);
        }
    }
}

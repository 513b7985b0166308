package dev.sluice.delivery.spool;

import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;

/** Deletes the rows that all their sinks are done with, many at a time. Used by the writer's thread. */
final class DoneRows {

    /** They are deleted when they have come to this. */
    private static final long MOST_BYTES = 1 << 20;

    private long deletedBytes;
    /** Of each route, before which position its rows have been deleted. */
    private Map<Integer, Long> deletedBefore = new HashMap<>();

    /**
     * @param found of which all that is done with has been deleted, or will be at the end
     */
    DoneRows(SpoolContents found) {
        deletedBytes = found.done();
    }

    /**
     * Deletes them if it is worth while.
     *
     * @param roomNeeded whether any is, since the disk is full
     * @return whether it was; then {@link #deleted} is to be called once that is committed
     */
    boolean delete(SpoolFile file, SpoolContents contents, boolean roomNeeded) throws SQLException {
        if (contents.done() - deletedBytes < (roomNeeded ? 1 : MOST_BYTES)) {
            return false;
        }
        deleteAll(file, contents);
        return true;
    }

    void deleteAll(SpoolFile file, SpoolContents contents) throws SQLException {
        for (Map.Entry<Integer, RouteContents> route : contents.routes().entrySet()) {
            int number = route.getKey();
            file.delete(
                    number,
                    deletedBefore.getOrDefault(number, 0L),
                    route.getValue().first(contents.cursors()));
        }
    }

    void deleted(SpoolContents contents) {
        deletedBytes = contents.done();
        deletedBefore = new HashMap<>();
        contents.routes().forEach((number, route) -> deletedBefore.put(number, route.from()));
    }
}

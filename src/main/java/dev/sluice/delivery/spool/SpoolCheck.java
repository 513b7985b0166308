package dev.sluice.delivery.spool;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Reads a spool from end to end, so that nothing of it is served that was not written so. */
final class SpoolCheck {

    private static final Pattern UNREAD =
            Pattern.compile("unable to get the page\\. error code=(\\d+)|failed to get page");

    private SpoolCheck() {}

    /** Something in the file is not what was written. */
    static final class DamageException extends Exception {

        private static final long serialVersionUID = 1L;

        DamageException(String message) {
            super(message);
        }
    }

    /**
     * @throws DamageException if anything is missing or has changed
     * @throws SQLException if it cannot be read
     */
    static SpoolContents contents(Path file, String listener) throws SQLException, DamageException {
        try (Connection connection = SpoolFile.connect(file, false)) {
            checkPages(connection);
            Map<String, Long> cursors = new HashMap<>();
            long end = 0;
            long endBytes = 0;
            long checksum = SpoolFile.checksum(SpoolContents.EMPTY);
            for (SpoolFile.Cursor cursor : SpoolFile.cursors(connection)) {
                if (cursor.isEnd()) {
                    end = cursor.position();
                    endBytes = cursor.bytes();
                    checksum = cursor.checksum();
                } else if (cursor.isRight()) {
                    cursors.put(cursor.sink(), cursor.position());
                } else {
                    throw new DamageException("a cursor has changed");
                }
            }
            long first = SpoolContents.first(cursors, end);
            long firstBytes = checkBatches(connection, first, end, endBytes);
            for (long cursor : cursors.values()) {
                if (cursor > end) {
                    throw new DamageException("a cursor is beyond the end");
                }
            }
            SpoolContents contents = withDeadLetters(
                    connection, listener, new SpoolContents(end, endBytes, Map.copyOf(cursors), firstBytes, 0, 0));
            if (checksum != SpoolFile.checksum(contents)) {
                throw new DamageException("a cursor or a dead letter is missing");
            }
            return contents;
        }
    }

    /** What SQLite itself can tell, also of what is not read now but will be written upon. */
    private static void checkPages(Connection connection) throws SQLException, DamageException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma quick_check(1)")) {
            String answer = row.next() ? row.getString(1) : "no answer";
            Matcher unread = UNREAD.matcher(String.valueOf(answer));
            if (unread.find()) {
                // Whether the page is damaged nobody knows then; the error may well pass.
                String code = unread.group(1);
                throw new SQLiteException(
                        answer,
                        code == null
                                ? SQLiteErrorCode.SQLITE_IOERR
                                : SQLiteErrorCode.getErrorCode(Integer.parseInt(code)));
            }
            if (!"ok".equals(answer)) {
                throw new DamageException(String.valueOf(answer).replaceAll("\\s*\\R\\s*", " "));
            }
        }
    }

    /** Answers the length of all content before the first message that is waited for. */
    private static long checkBatches(Connection connection, long first, long end, long endBytes)
            throws SQLException, DamageException {
        long firstBytes = endBytes;
        long expected = -1;
        long expectedBytes = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SpoolFile.SELECT_BATCH + "order by position")) {
            while (row.next()) {
                StoredBatch batch =
                        SpoolFile.batch(row).orElseThrow(() -> new DamageException("a row of messages has changed"));
                if (expected < 0
                        ? batch.position() > first
                        : batch.position() != expected || batch.bytesBefore() != expectedBytes) {
                    throw new DamageException("rows of messages are missing");
                }
                expected = batch.end();
                expectedBytes = batch.bytesBefore() + batch.content().length;
                if (batch.position() <= first && first < batch.end()) {
                    firstBytes = batch.bytesBefore();
                }
            }
        }
        boolean complete = expected < 0 ? first == end : expected == end && expectedBytes == endBytes;
        if (!complete) {
            throw new DamageException("the last rows of messages are missing");
        }
        return firstBytes;
    }

    private static SpoolContents withDeadLetters(Connection connection, String listener, SpoolContents contents)
            throws SQLException, DamageException {
        long count = 0;
        long bytes = 0;
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(SpoolFile.SELECT_DEAD_LETTER)) {
            while (row.next()) {
                if (SpoolFile.deadLetter(listener, row).isEmpty()) {
                    throw new DamageException("a dead letter has changed");
                }
                count++;
                bytes += row.getBytes(7).length;
            }
        }
        return contents.withDeadLetters(count, bytes);
    }
}

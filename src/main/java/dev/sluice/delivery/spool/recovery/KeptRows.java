package dev.sluice.delivery.spool.recovery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.SpoolRows;
import dev.sluice.delivery.spool.SpooledMessage;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is right of the dead letters and held messages in a damaged file, from both ends, up to where it cannot be read. */
final class KeptRows {

    private static final Logger log = LoggerFactory.getLogger(KeptRows.class);

    /** A page that points back at itself has no end. */
    private static final long MOST_ROWS = 10_000_000;

    private final String listener;
    private final Connection connection;

    KeptRows(String listener, Connection connection) {
        this.listener = listener;
        this.connection = connection;
    }

    interface DeadLetterUse {
        void accept(DeadLetter letter) throws SQLException;
    }

    interface HeldUse {
        void accept(String sink, SpooledMessage message) throws SQLException;
    }

    private interface RowUse {
        void accept(ResultSet row) throws SQLException;
    }

    /** May come upon one twice. */
    void eachDeadLetter(DeadLetterUse use) {
        each(SpoolRows.SELECT_DEAD_LETTER, "order by sink %1$s, position %1$s", row -> {
            var letter = SpoolRows.deadLetter(listener, row);
            if (letter.isPresent()) {
                use.accept(letter.get());
            }
        });
    }

    /** May come upon one twice. */
    void eachHeld(HeldUse use) {
        each(SpoolRows.SELECT_HELD, "order by sink %1$s, stream %1$s, position %1$s", row -> {
            var message = SpoolRows.held(listener, row);
            if (message.isPresent()) {
                use.accept(row.getString(1), message.get());
            }
        });
    }

    private void each(String rows, String order, RowUse use) {
        for (String direction : List.of("", "desc")) {
            try (PreparedStatement select = connection.prepareStatement(rows + order.formatted(direction));
                    ResultSet row = select.executeQuery()) {
                long most = MOST_ROWS;
                while (most-- > 0 && row.next()) {
                    use.accept(row);
                }
                return;
            } catch (SQLException ex) {
                log.debug("Listener '{}': not all can be read: {}", listener, rows, ex);
            }
        }
    }
}

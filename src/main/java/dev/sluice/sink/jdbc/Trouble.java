package dev.sluice.sink.jdbc;

import dev.sluice.memory.Halt;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;

/**
 * What a database's refusal says about a message.
 *
 * <p>A message is to blame for a constraint that it violates, for data that a column cannot hold or the database cannot
 * convert, for what a trigger of the operator's own throws, and for exceeding a limit of the database. Whatever else goes wrong, the next
 * message would meet too, and an operator can mend it: a table or a right that is missing, a replica that is read-only.
 */
final class Trouble {

    /** Classes of SQLSTATE: raised in PL/pgSQL, raised in SQL, beyond a limit of PostgreSQL's. */
    private static final Set<String> STATES = Set.of("P0", "45", "54");

    private static final int MAX_REASON = 200;

    private Trouble() {}

    static boolean isOfTheMessage(RuntimeException ex) {
        SQLException cause = cause(ex);
        String state = cause == null ? null : cause.getSQLState();
        return ex instanceof DataIntegrityViolationException
                || (state != null && state.length() == 5 && STATES.contains(state.substring(0, 2)));
    }

    /** The innermost that the driver threw; a batch keeps it beside its cause. */
    private static @Nullable SQLException cause(RuntimeException ex) {
        SQLException found = null;
        for (Throwable cause = ex; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                found = sql instanceof BatchUpdateException && sql.getNextException() != null
                        ? sql.getNextException()
                        : sql;
            }
        }
        return found;
    }

    static boolean isDuplicate(RuntimeException ex) {
        return ex instanceof DuplicateKeyException;
    }

    /** The first line of what the driver says; a batch's own text would bring the payload along. */
    static String reason(RuntimeException ex) {
        Halt.onOutOfMemory(ex);
        SQLException sql = cause(ex);
        Throwable cause = sql == null ? NestedExceptionUtils.getMostSpecificCause(ex) : sql;
        String text = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        String line = text.lines().findFirst().orElse("").strip();
        return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) + "..." : line;
    }
}

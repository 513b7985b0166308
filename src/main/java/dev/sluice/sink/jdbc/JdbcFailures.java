package dev.sluice.sink.jdbc;

import dev.sluice.memory.Halt;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.sink.Failure;
import dev.sluice.text.Causes;
import java.sql.BatchUpdateException;
import java.sql.SQLException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataIntegrityViolationException;
import org.springframework.dao.DuplicateKeyException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * What a database's refusal says about a message.
 *
 * <p>A message is to blame for a constraint that it violates, for data that a column cannot hold or the database cannot
 * convert, for what a trigger of the operator's own throws, and for exceeding a limit of the database. Whatever else
 * goes wrong, the next message would meet too, and an operator can mend it: a table or a right that is missing, a
 * replica that is read-only.
 *
 * <p>The driver of SQLite knows no SQLSTATE, but codes of its own.
 */
final class JdbcFailures {

    /** Classes of SQLSTATE: raised in PL/pgSQL, raised in SQL, beyond a limit of PostgreSQL's. */
    private static final Set<String> STATES = Set.of("P0", "45", "54");

    /** SQLSTATE of a right that is missing; the whole class 28 is of credentials. */
    private static final String NO_RIGHT = "42501";

    private static final String BAD_CREDENTIALS = "28";
    private static final int MAX_REASON = 200;

    private JdbcFailures() {}

    static boolean isOfTheMessage(RuntimeException ex) {
        SQLException cause = cause(ex);
        if (cause instanceof SQLiteException sqlite) {
            return switch (sqlite.getResultCode()) {
                case SQLITE_TOOBIG, SQLITE_MISMATCH, SQLITE_RANGE -> true;
                default -> sqlite.getErrorCode() == SQLiteErrorCode.SQLITE_CONSTRAINT.code;
            };
        }
        String state = state(cause);
        return ex instanceof DataIntegrityViolationException
                || state.length() == 5 && STATES.contains(state.substring(0, 2));
    }

    /** Whether those beside the message may well be stored. */
    static boolean isOfOne(RuntimeException ex) {
        return isOfTheMessage(ex) || ex instanceof UnknownFieldException;
    }

    static boolean isDuplicate(RuntimeException ex) {
        return cause(ex) instanceof SQLiteException sqlite
                ? switch (sqlite.getResultCode()) {
                    case SQLITE_CONSTRAINT_UNIQUE, SQLITE_CONSTRAINT_PRIMARYKEY, SQLITE_CONSTRAINT_ROWID -> true;
                    default -> false;
                }
                : ex instanceof DuplicateKeyException;
    }

    /** What became of a message, or of all of them. */
    static Failure failure(RuntimeException ex) {
        String reason = reason(ex);
        if (isOfTheMessage(ex)) {
            return Failure.poison(reason);
        }
        String state = state(cause(ex));
        return state.equals(NO_RIGHT) || state.startsWith(BAD_CREDENTIALS)
                ? Failure.unauthorized(reason)
                : Failure.passing(reason);
    }

    private static String state(@Nullable SQLException cause) {
        return cause == null || cause.getSQLState() == null ? "" : cause.getSQLState();
    }

    /** The innermost that the driver threw; a batch keeps it beside its cause. */
    private static @Nullable SQLException cause(RuntimeException ex) {
        SQLException found = null;
        for (Throwable cause : Causes.of(ex)) {
            if (cause instanceof SQLException sql) {
                found = sql instanceof BatchUpdateException && sql.getNextException() != null
                        ? sql.getNextException()
                        : sql;
            }
        }
        return found;
    }

    /** The first line of what the driver says; a batch's own text would bring the payload along. */
    static String reason(RuntimeException ex) {
        Halt.onOutOfMemory(ex);
        SQLException sql = cause(ex);
        String line = Causes.line(sql == null ? Causes.of(ex).getLast() : sql);
        return line.length() > MAX_REASON ? line.substring(0, MAX_REASON) + "..." : line;
    }
}

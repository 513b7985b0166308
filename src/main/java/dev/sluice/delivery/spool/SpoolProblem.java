package dev.sluice.delivery.spool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite says, in the words of whoever has to mend it. */
public final class SpoolProblem {

    private SpoolProblem() {}

    static boolean isFull(SQLException ex) {
        return primary(ex) == SQLiteErrorCode.SQLITE_FULL;
    }

    /**
     * Whether the bytes in the file are not what they were. A table or column that is not known is damage too, and so
     * is a file that says it may only be read though the system lets us write.
     */
    public static boolean isDamage(SQLException ex, Path file) {
        return switch (primary(ex)) {
            // Its narrower codes are about the directory and the log.
            case SQLITE_READONLY ->
                is(SQLiteErrorCode.SQLITE_READONLY, ex)
                        && Files.isWritable(file)
                        && Files.isWritable(file.toAbsolutePath().getParent());
            case SQLITE_IOERR -> is(SQLiteErrorCode.SQLITE_IOERR_SHORT_READ, ex);
            // What is no fault of the file's content.
            case SQLITE_BUSY,
                    SQLITE_LOCKED,
                    SQLITE_NOMEM,
                    SQLITE_INTERRUPT,
                    SQLITE_FULL,
                    SQLITE_CANTOPEN,
                    SQLITE_PERM,
                    SQLITE_AUTH -> false;
            default -> true;
        };
    }

    /** Returns what is wrong and what can be done about it, in a sentence or two. */
    public static String describe(SQLException ex) {
        return switch (primary(ex)) {
            case SQLITE_FULL -> "the disk is full. Make room on it";
            case SQLITE_READONLY -> "the file or its file system is read-only. Make it writable";
            case SQLITE_CANTOPEN -> "the file cannot be opened. Look whether its directory is there and writable";
            case SQLITE_BUSY, SQLITE_LOCKED -> "another program has locked the file. End that";
            case SQLITE_IOERR -> "the disk reports an error (" + name(ex) + "). Look into the system's log";
            case SQLITE_CORRUPT ->
                "the file cannot be read or is damaged (" + name(ex) + "). Look into the system's log";
            default -> String.valueOf(ex.getMessage());
        };
    }

    private static SQLiteErrorCode primary(SQLException ex) {
        int code = ex instanceof SQLiteException sqlite ? sqlite.getResultCode().code : ex.getErrorCode();
        return SQLiteErrorCode.getErrorCode(code & 0xFF);
    }

    private static boolean is(SQLiteErrorCode code, SQLException ex) {
        return ex instanceof SQLiteException sqlite && sqlite.getResultCode() == code;
    }

    private static String name(SQLException ex) {
        return ex instanceof SQLiteException sqlite ? sqlite.getResultCode().name() : String.valueOf(ex.getErrorCode());
    }
}

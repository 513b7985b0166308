package dev.sluice.delivery.spool;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Set;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite says, in the words of whoever has to mend it. */
public final class SpoolProblem {

    private SpoolProblem() {}

    static boolean isFull(SQLException ex) {
        return primary(ex) == SQLiteErrorCode.SQLITE_FULL.code;
    }

    /** What is no fault of the file's content. */
    private static final Set<Integer> OF_THE_MACHINE = Set.of(
            SQLiteErrorCode.SQLITE_BUSY.code,
            SQLiteErrorCode.SQLITE_LOCKED.code,
            SQLiteErrorCode.SQLITE_NOMEM.code,
            SQLiteErrorCode.SQLITE_INTERRUPT.code,
            SQLiteErrorCode.SQLITE_IOERR.code,
            SQLiteErrorCode.SQLITE_FULL.code,
            SQLiteErrorCode.SQLITE_CANTOPEN.code,
            SQLiteErrorCode.SQLITE_PERM.code,
            SQLiteErrorCode.SQLITE_AUTH.code);

    /**
     * Whether the bytes in the file are not what they were. A table or column that is not known is damage too, and so
     * is a file that says it may only be read though the system lets us write.
     */
    public static boolean isDamage(SQLException ex, Path file) {
        int code = primary(ex);
        if (code == SQLiteErrorCode.SQLITE_READONLY.code) {
            // Its narrower codes are about the directory and the log.
            return ex instanceof SQLiteException sqlite
                    && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_READONLY
                    && Files.isWritable(file)
                    && Files.isWritable(file.toAbsolutePath().getParent());
        }
        return !OF_THE_MACHINE.contains(code)
                || ex instanceof SQLiteException sqlite
                        && sqlite.getResultCode() == SQLiteErrorCode.SQLITE_IOERR_SHORT_READ;
    }

    /** Returns what is wrong and what can be done about it, in a sentence or two. */
    public static String describe(SQLException ex) {
        int code = primary(ex);
        if (code == SQLiteErrorCode.SQLITE_FULL.code) {
            return "the disk is full. Make room on it";
        }
        if (code == SQLiteErrorCode.SQLITE_READONLY.code) {
            return "the file or its file system is read-only. Make it writable";
        }
        if (code == SQLiteErrorCode.SQLITE_CANTOPEN.code) {
            return "the file cannot be opened. Look whether its directory is there and writable";
        }
        if (code == SQLiteErrorCode.SQLITE_BUSY.code || code == SQLiteErrorCode.SQLITE_LOCKED.code) {
            return "another program has locked the file. End that";
        }
        if (code == SQLiteErrorCode.SQLITE_IOERR.code) {
            return "the disk reports an error (" + name(ex) + "). Look into the system's log";
        }
        if (code == SQLiteErrorCode.SQLITE_CORRUPT.code) {
            return "the file cannot be read or is damaged (" + name(ex) + "). Look into the system's log";
        }
        return String.valueOf(ex.getMessage());
    }

    private static int primary(SQLException ex) {
        return (ex instanceof SQLiteException sqlite ? sqlite.getResultCode().code : ex.getErrorCode()) & 0xFF;
    }

    private static String name(SQLException ex) {
        return ex instanceof SQLiteException sqlite ? sqlite.getResultCode().name() : String.valueOf(ex.getErrorCode());
    }
}

package dev.sluice.delivery.spool;

import java.sql.SQLException;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** What SQLite says, in the words of whoever has to mend it. */
final class SpoolProblem {

    private SpoolProblem() {}

    static boolean isFull(SQLException ex) {
        return primary(ex) == SQLiteErrorCode.SQLITE_FULL.code;
    }

    /** Whether the bytes in the file are not what they were. */
    static boolean isDamage(SQLException ex) {
        int code = primary(ex);
        return code == SQLiteErrorCode.SQLITE_CORRUPT.code || code == SQLiteErrorCode.SQLITE_NOTADB.code;
    }

    static String describe(SQLException ex) {
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
        return String.valueOf(ex.getMessage());
    }

    private static int primary(SQLException ex) {
        return (ex instanceof SQLiteException sqlite ? sqlite.getResultCode().code : ex.getErrorCode()) & 0xFF;
    }

    private static String name(SQLException ex) {
        return ex instanceof SQLiteException sqlite ? sqlite.getResultCode().name() : String.valueOf(ex.getErrorCode());
    }
}

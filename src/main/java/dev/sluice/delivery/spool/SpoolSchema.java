package dev.sluice.delivery.spool;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** The tables of a spool, and of which version they are: {@code pragma user_version}. */
public final class SpoolSchema {

    /** What this program writes as long as all messages of a row take its route. */
    public static final int PLAIN = 2;

    /**
     * The same tables, once messages of one row have taken different routes. A program that knows only {@link #PLAIN}
     * refuses such a file: it would drop rows whose own route no message takes.
     */
    static final int MIXED = 3;

    /** The last that this program reads. */
    public static final int VERSION = MIXED;

    /** It did not say so itself. */
    public static final int FIRST_VERSION = 1;

    /** Greater ones are not a version but damage. */
    private static final int MOST_VERSION = 1000;

    private static final List<String> TABLES = List.of("""
        create table if not exists batch (
          position integer primary key, messages integer not null, route integer not null, bytes_before integer not null,
          received_at integer not null, checksum integer not null, content blob not null)\
        """, """
        create table if not exists cursor (
          sink text primary key, position integer not null, bytes integer not null, checksum integer not null
        ) without rowid\
        """, """
        create table if not exists dead_letter (
          sink text not null, position integer not null, attempts integer not null, reason text not null,
          died_at integer not null, checksum integer not null, content blob not null,
          primary key (sink, position)) without rowid\
        """, """
        create table if not exists route (
          number integer primary key, sinks text not null, checksum integer not null)\
        """, """
        create table if not exists held (
          sink text not null, stream text not null, position integer not null, checksum integer not null,
          content blob not null, primary key (sink, stream, position)) without rowid\
        """);

    private SpoolSchema() {}

    static void create(Statement statement) throws SQLException {
        for (String table : TABLES) {
            statement.execute(table);
        }
        int said = said(statement);
        if (said != PLAIN && said != MIXED) {
            put(PLAIN, statement.getConnection());
        }
    }

    /** Has the file say of which version it is, once that is committed. */
    static void put(int version, Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("pragma user_version=" + version);
        }
    }

    private static int said(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("pragma user_version")) {
            return row.next() ? row.getInt(1) : 0;
        }
    }

    /** What the file says; but one whose tables are of the first version is that, since nothing is said there. */
    public static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            int said = said(statement);
            if (said > VERSION && said <= MOST_VERSION) {
                return said;
            }
            try (ResultSet row = statement.executeQuery(
                    "select count(*), max(name = 'route') from" + " pragma_table_info('batch')")) {
                return row.next() && row.getInt(1) > 0 && row.getInt(2) == 0
                        ? FIRST_VERSION
                        : said == MIXED ? MIXED : PLAIN;
            }
        }
    }
}

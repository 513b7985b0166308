package dev.sluice.delivery.spool;

/** What dead letters are listed by. */
public enum LetterOrder {
    /** They are sorted by sink, then in the order in which they were received. */
    POSITION("sink%1$s, position%1$s"),
    /** They are sorted by when they became dead letters. */
    DIED_AT("died_at%1$s, sink%1$s, position%1$s"),
    /** They are sorted by how often they were sent. */
    ATTEMPTS("attempts%1$s, sink%1$s, position%1$s");

    private final String columns;

    LetterOrder(String columns) {
        this.columns = columns;
    }

    String sql(boolean descending) {
        return " order by " + columns.formatted(descending ? " desc" : "");
    }
}

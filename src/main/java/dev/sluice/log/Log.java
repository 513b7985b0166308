package dev.sluice.log;

import java.util.List;

/** An ordered log. Used by one thread. */
public interface Log extends AutoCloseable {

    /**
     * Appends, and forgets what is over, both or neither. Durable when this returns.
     *
     * @param contents of records, in their order
     * @param forgotten positions of records that need not be read again
     * @return the records as they are in the log, where each has a greater position than any before it
     * @throws LogException if nothing of it is done, though it may be tried again
     */
    List<LogRecord> append(List<byte[]> contents, List<Long> forgotten) throws LogException;

    /** Returns what follows a position, in order; -1 for what is first. Empty at the end. */
    List<LogRecord> read(long after, int most) throws LogException;

    /** Returns the last position that a record has had, whether it is forgotten or not; -1 if there was none. */
    long last();

    /** Milliseconds of the clock by which records are stamped, which never goes back. */
    long time();

    /** How many bytes the records take, without what is only kept for a while of those that are forgotten. */
    long bytes();

    @Override
    void close() throws LogException;
}

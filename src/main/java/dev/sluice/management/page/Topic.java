package dev.sluice.management.page;

import java.util.List;

/** Something that a page can follow. Used by many threads. */
public interface Topic {

    /** How a page asks for it, and what its events are called. */
    String name();

    /** Returns whether only operators may follow it. */
    default boolean isForOperators() {
        return false;
    }

    /**
     * Begins to follow it.
     *
     * @param subject what stands behind the colon in {@code listener:greeter}; empty without one
     * @param user who looks
     * @throws IllegalArgumentException if there is nothing to follow, with the reason
     */
    Source open(String subject, String user);

    /** A topic as one reader follows it. Used by the thread of that reader. */
    interface Source extends AutoCloseable {

        /** Returns what is new, as it is written in JSON; called about four times a second. */
        List<?> next();

        @Override
        default void close() {}
    }
}

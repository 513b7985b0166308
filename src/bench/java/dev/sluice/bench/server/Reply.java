package dev.sluice.bench.server;

/** What a listener does with a message. */
public enum Reply {
    /** Sends it back. */
    ECHO,
    /** Counts it. */
    NONE,
    /** Sends it back once it is on disk, from where it then goes to a file. */
    ECHO_DURABLE,
    /** Puts it on disk, from where it then goes to a file. */
    DURABLE,
    /** Appends it to a file. */
    FILE
}

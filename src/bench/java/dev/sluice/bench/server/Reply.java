package dev.sluice.bench.server;

/** What a listener does with a line. */
public enum Reply {
    /** Sends it back. */
    ECHO,
    /** Counts it. */
    NONE
}

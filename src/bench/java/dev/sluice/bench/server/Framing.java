package dev.sluice.bench.server;

/** Where a message ends. */
public enum Framing {
    /** LF, which belongs to it. */
    LINE,
    /** After as many bytes as a header of four, big-endian, says; it does not count itself. */
    LENGTH;

    /** What {@link #LENGTH} puts before a message. */
    public static final int HEADER = 4;
}

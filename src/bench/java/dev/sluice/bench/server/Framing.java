package dev.sluice.bench.server;

/** Where a message ends. */
public enum Framing {
    /** LF, which belongs to it. */
    LINE,
    /** After as many bytes as a header of four, big-endian, says; it does not count itself. */
    LENGTH,
    /**
     * As GT06 trackers send them: 7878, a length in one byte, type, content, serial number, CRC-16/X-25, 0D0A. The
     * answer is made anew from what is found in it.
     */
    TRACKER;

    /** What {@link #LENGTH} puts before a message. */
    public static final int HEADER = 4;
}

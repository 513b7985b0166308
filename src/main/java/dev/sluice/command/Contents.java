package dev.sluice.command;

/**
 * The bytes of commands that wait, as many as there is room for; others are read again when they are sent. Used by the
 * engine's thread.
 */
final class Contents {

    private static final long MOST_BYTES =
            Math.min(64L << 20, Runtime.getRuntime().maxMemory() / 32);
    /** What an array takes besides its bytes. */
    private static final int ARRAY_BYTES = 24;

    private long bytes;

    void keep(Command command, byte[] content) {
        int more = content.length + ARRAY_BYTES;
        if (bytes + more <= MOST_BYTES && command.content() == null) {
            command.content(content);
            bytes += more;
        }
    }

    void drop(Command command) {
        byte[] content = command.content();
        if (content != null) {
            command.content(null);
            bytes -= content.length + ARRAY_BYTES;
        }
    }
}

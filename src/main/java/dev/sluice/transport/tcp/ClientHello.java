package dev.sluice.transport.tcp;

/** How every TLS client begins, of whatever version since 1.0 (RFC 8446, sections 4.1.2 and 5.1). */
final class ClientHello {

    /** A record's header, the message's, and the version. */
    private static final int BEGINNING = 11;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MAJOR_VERSION = 3;

    private ClientHello() {}

    /**
     * Whether the bytes from {@code start} to before {@code end} are the beginning of one. It has two lengths that agree, so
     * that hardly anything else looks like it.
     */
    static boolean begins(byte[] bytes, int start, int end) {
        return end - start >= BEGINNING
                && bytes[start] == HANDSHAKE
                && bytes[start + 1] == MAJOR_VERSION
                && bytes[start + 5] == CLIENT_HELLO
                && bytes[start + 6] == 0
                && length(bytes, start + 7) == length(bytes, start + 3) - 4
                && bytes[start + 9] == MAJOR_VERSION;
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }
}

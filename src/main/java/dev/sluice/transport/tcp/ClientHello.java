package dev.sluice.transport.tcp;

/** How every TLS client begins, of whatever version since 1.0 (RFC 8446, sections 4.1.2 and 5.1). */
final class ClientHello {

    /** The length of a record's header, the message's, and the version. */
    static final int BEGINNING = 11;

    private static final int HANDSHAKE = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int MAJOR_VERSION = 3;

    private ClientHello() {}

    /** Returns whether a stream begins with one. Two lengths agree in it, so hardly anything else looks like it. */
    static boolean begins(byte[] stream) {
        return stream.length >= BEGINNING
                && stream[0] == HANDSHAKE
                && stream[1] == MAJOR_VERSION
                && stream[5] == CLIENT_HELLO
                && stream[6] == 0
                && length(stream, 7) == length(stream, 3) - 4
                && stream[9] == MAJOR_VERSION;
    }

    private static int length(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }
}

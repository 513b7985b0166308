package dev.sluice.command;

import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Where a device is connected, within a replica.
 *
 * @param listener the name of the listener
 * @param connection the id of the connection
 * @param remote the peer's address and port
 */
record Place(String listener, String connection, String remote) {

    static final Place UNKNOWN = new Place("", "", "");

    private static final char END = '\n';

    /** Returns all but the listener, in as few bytes as may be. */
    byte[] packed() {
        return (connection + END + remote).getBytes(UTF_8);
    }

    static Place unpacked(String listener, byte[] packed) {
        String text = new String(packed, UTF_8);
        int end = text.indexOf(END);
        return new Place(listener, text.substring(0, end), text.substring(end + 1));
    }
}

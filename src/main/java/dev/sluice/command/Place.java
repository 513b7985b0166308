package dev.sluice.command;

/**
 * Where a device is connected, within a replica.
 *
 * @param listener the name of the listener
 * @param connection the id of the connection
 * @param remote the peer's address and port
 */
record Place(String listener, String connection, String remote) {

    static final Place UNKNOWN = new Place("", "", "");
}

package dev.sluice.transport;

/**
 * Is told which devices of a realm are connected, of each device in the order of events. Called under a lock of that
 * device, so it returns at once.
 */
public interface Presence {

    /** A device is reached by this connection from now on, which may be the same as before. */
    void connected(String identity, Connection connection);

    /** A connection no longer has this identity, and may never have been told to have it. */
    void gone(String identity, Connection connection);
}

package dev.sluice.command;

/** A connection, as far as commands need one. One object is one connection, by identity, whatever devices it has. */
public interface DeviceSocket {

    /** The name of the listener that it belongs to. */
    String listener();

    /** The id of the connection. */
    String connection();

    /** The peer's address and port, as they are written everywhere. */
    String remote();

    /**
     * Encodes and writes. Called on a virtual thread of the flight's own, so that it may block; never twice at once for
     * one device.
     *
     * @return whether all bytes are the kernel's. False only if none of them is: after a part the connection must be
     *     closed, and true returned
     */
    boolean write(Flight flight);

    /** Returns what becomes of a device's connections, wherever they are, if it has several. */
    default Rivals rivals() {
        return Rivals.REPLACED;
    }

    /** What becomes of those that a device had before. */
    enum Rivals {
        /** They end. */
        REPLACED,
        /** They stay, and the newcomer ends. */
        KEPT,
        /** All stay. */
        ALLOWED
    }

    /** Closes at once. Called on the engine's thread, so that it must not block. */
    void close(Closing why);

    /** Why a connection is closed. */
    enum Closing {
        /** The device has connected once more. */
        REPLACED,
        /** An answer took too long, and a later one could be taken for the next command's. */
        UNANSWERED,
        /** An operator says so. */
        ASKED,
        /** The device has connected too often in the last minute. */
        RESTLESS,
        /** The device is connected already. */
        REFUSED
    }
}

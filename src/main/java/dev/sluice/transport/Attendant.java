package dev.sluice.transport;

/** Minds what one peer says, for as long as it is connected. Called by the connection's thread. */
public interface Attendant {

    /** Returns whether it minds what comes next. Asked once a read. */
    boolean minds();

    /** The connection has ended. Called once, by whoever ends it, behind whatever is said of its devices. */
    void ended();

    /** Gets a message. Returns whether it is for nobody else. */
    boolean take(byte[] message);
}

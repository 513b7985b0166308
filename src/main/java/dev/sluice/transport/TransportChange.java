package dev.sluice.transport;

import java.io.IOException;

/**
 * A change of a transport, be it running, paused or stopped, that has been prepared: what can fail beforehand has been
 * tried, and nothing is different yet. Used by whoever steers the transport, one thread at a time; its life must not
 * change meanwhile. In the end comes {@link #undo()} or {@link #retire()}.
 */
public interface TransportChange {

    /**
     * Returns whether the new port can be had only once an old one is let go, that of this transport or of another of
     * this process, so that there is none for a moment. Of several changes those without a gap are committed first,
     * since one with a gap may want a port that they leave.
     */
    boolean hasGap();

    /** Lets the old port go if there has to be a gap. Open connections stay. */
    void release();

    /**
     * From now on the new holds.
     *
     * @throws IOException if the port cannot be had after all; then this is to be undone
     */
    void commit() throws IOException;

    /**
     * All is as before, also after {@link #release()} or {@link #commit()}.
     *
     * @throws IOException if the old port cannot be had again, so that there is none
     */
    void undo() throws IOException;

    /**
     * Nothing of the old is needed any more: ends what only that would serve. Returns at once; who has to be waited for
     * is waited for by others.
     */
    void retire();
}

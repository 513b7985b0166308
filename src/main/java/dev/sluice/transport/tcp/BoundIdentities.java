package dev.sluice.transport.tcp;

import dev.sluice.transport.Connection;
import dev.sluice.transport.Identification;
import dev.sluice.transport.Identities;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The identities that a connection has: one, or several if a gateway speaks for many devices. Bound by the connection's
 * thread, and released by whoever ends the connection.
 */
final class BoundIdentities {

    private final Connection connection;
    private @Nullable Identities identities;
    /** The one that was bound last. */
    private @Nullable String last;
    /** Those before it; null as long as there is none. */
    private @Nullable Deque<String> others;

    private boolean released;

    /** Those that were bound since the peer was last answered; null if none was. Of the connection's thread. */
    private @Nullable Set<String> unannounced;

    BoundIdentities(Connection connection) {
        this.connection = connection;
    }

    /**
     * Binds one more, and gives the eldest up if that is too many.
     *
     * @return whether it is bound; not if another connection has it
     */
    synchronized boolean bind(String identity, Identification by) {
        if (released) {
            return false;
        }
        if (!by.identities().claim(identity, connection, by.twice())) {
            return false;
        }
        if (identities != by.identities()) {
            // Those that the listener had before it was changed.
            release();
            identities = by.identities();
        }
        if (identities.isWatched()) {
            if (unannounced == null) {
                unannounced = new LinkedHashSet<>();
            }
            unannounced.add(identity);
        }
        String former = last;
        last = identity;
        if (former != null && !former.equals(identity)) {
            if (by.several() == 1) {
                identities.release(former, connection);
            } else {
                keep(former, by.several() - 1);
            }
        }
        return true;
    }

    private void keep(String former, int most) {
        Deque<String> kept = others;
        if (kept == null) {
            kept = new ArrayDeque<>();
            others = kept;
        }
        kept.remove(last);
        kept.addLast(former);
        if (kept.size() > most && identities != null) {
            identities.release(kept.removeFirst(), connection);
        }
    }

    /**
     * The peer has been answered: whoever wants to write to the device may know that it is there. A login is answered
     * before anything else is said.
     */
    void announce() {
        if (unannounced != null) {
            announceAll();
        }
    }

    private synchronized void announceAll() {
        Set<String> bound = unannounced;
        unannounced = null;
        if (identities != null && bound != null) {
            for (String identity : bound) {
                identities.announce(identity, connection);
            }
        }
    }

    synchronized void releaseAll() {
        released = true;
        release();
    }

    private void release() {
        if (identities != null && last != null) {
            identities.release(last, connection);
            if (others != null) {
                for (String other : others) {
                    identities.release(other, connection);
                }
            }
        }
        last = null;
        others = null;
    }
}

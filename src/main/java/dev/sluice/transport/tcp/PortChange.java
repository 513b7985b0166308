package dev.sluice.transport.tcp;

import dev.sluice.transport.TransportChange;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * A change of a port. Where it is bound anew, the new socket is there before the old one is closed, if both can be; the
 * loop that accepts goes on with it, and open connections are none of its business.
 */
final class PortChange implements TransportChange {

    /** With what holds a port for a moment that was let go. */
    private static final Duration PATIENCE = Duration.ofMillis(500);

    private static final long PAUSE_NANOS = 1_000_000;

    private final ListeningPort port;
    private final PortTerms before;
    private final PortTerms after;
    /** Null if nothing is bound now, or nothing else has to be. */
    private final @Nullable ListeningSocket listening;
    /** What is bound before the change; null if nothing else has to be. */
    private final @Nullable InetSocketAddress left;

    private final @Nullable InetSocketAddress wanted;
    private final boolean gap;
    /** Bound beforehand, and not taken into use. */
    private @Nullable ServerSocket prepared;

    /** The old port has been let go. */
    private boolean away;

    /**
     * @param listening what has to be bound elsewhere; null if nothing has
     * @throws IOException if it cannot be bound, and nobody of this process stands in the way
     */
    PortChange(
            ListeningPort port,
            PortTerms before,
            PortTerms after,
            @Nullable ListeningSocket listening,
            IntPredicate heldByUs)
            throws IOException {
        this.port = port;
        this.before = before;
        this.after = after;
        this.listening = listening;
        this.left = listening == null ? null : (InetSocketAddress) listening.getLocalSocketAddress();
        this.wanted = left == null ? null : wanted(left.getPort());
        this.prepared = wanted == null ? null : prepare(wanted, heldByUs);
        this.gap = wanted != null && prepared == null;
    }

    /** Any free port that it has been given is kept. */
    private InetSocketAddress wanted(int own) throws IOException {
        boolean any = after.portNumber() == 0 && before.portNumber() == 0;
        return ListeningPort.address(after, any ? own : after.portNumber());
    }

    private @Nullable ServerSocket prepare(InetSocketAddress address, IntPredicate heldByUs) throws IOException {
        try {
            return port.bind(after, address);
        } catch (BindException ex) {
            boolean ours = heldByUs.test(address.getPort()) || left != null && left.getPort() == address.getPort();
            if (ours && String.valueOf(ex.getMessage()).contains("in use")) {
                return null;
            }
            throw ex;
        }
    }

    @Override
    public boolean hasGap() {
        return gap;
    }

    @Override
    public void release() {
        if (listening != null && gap && !away) {
            away = true;
            listening.release();
        }
    }

    @Override
    public void commit() throws IOException {
        port.serveBy(after);
        if (listening == null || wanted == null) {
            return;
        }
        release();
        ServerSocket next = prepared == null ? bindReleased(after, wanted) : prepared;
        prepared = null;
        away = true;
        port.moved();
        listening.listenBy(next);
    }

    @Override
    public void undo() throws IOException {
        port.serveBy(before);
        retire(after, before);
        if (prepared != null) {
            prepared.close();
            prepared = null;
        }
        if (listening != null && left != null && away) {
            away = false;
            listening.release();
            listening.listenBy(bindReleased(before, left));
        }
    }

    /**
     * Binds what this process has just let go. A child process that is being started has a copy of each descriptor
     * until its program runs, and so holds the port for a moment longer.
     */
    private ServerSocket bindReleased(PortTerms terms, InetSocketAddress address) throws IOException {
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                return port.bind(terms, address);
            } catch (BindException ex) {
                if (System.nanoTime() - until > 0) {
                    throw ex;
                }
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    @Override
    public void retire() {
        retire(before, after);
    }

    private static void retire(PortTerms terms, PortTerms kept) {
        if (terms.tls() != null && terms.tls() != kept.tls()) {
            terms.tls().retire();
        }
    }
}

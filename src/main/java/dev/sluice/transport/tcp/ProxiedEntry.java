package dev.sluice.transport.tcp;

import dev.sluice.memory.Holding;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import org.jspecify.annotations.Nullable;

/**
 * How a connection that a proxy passes on gets in: first the proxy tells whose it is, then the {@link Door} is asked.
 * Until then it counts neither as accepted nor as rejected, and in the end as exactly one of them. Belongs to the
 * connection's thread.
 */
final class ProxiedEntry {

    private final Door door;
    private final Steering steering;
    private final InetSocketAddress proxy;
    private final HeaderInput in;

    private volatile @Nullable InetAddress letIn;
    private boolean rejected;
    /** The proxy has come for itself. */
    private volatile boolean own;

    ProxiedEntry(Door door, Steering steering, Socket accepted) throws IOException {
        this.door = door;
        this.steering = steering;
        this.proxy = (InetSocketAddress) accepted.getRemoteSocketAddress();
        this.in = new HeaderInput(accepted.getInputStream());
    }

    /** What the connection's bytes are read from: first the header, then all that follows. */
    InputStream input() {
        return in;
    }

    /** Whether it has been let in. May be asked by any thread. */
    boolean isIn() {
        return letIn != null;
    }

    /** Whether it is the proxy's own, as those are by which it looks whether the port serves. May be asked by any. */
    boolean isOwn() {
        return own;
    }

    /**
     * Reads the header and asks the door.
     *
     * @param memory of the connection
     * @return whose connection it is; null if it is not let in, or has ended without a word, as those do that only look
     *     whether there is a port
     */
    @Nullable
    InetSocketAddress await(Holding memory) throws IOException {
        try {
            ProxyHeader header = ProxyHeader.read(in, memory);
            return header == null ? null : enter(header);
        } catch (ProxyHeader.InvalidException | EOFException ex) {
            reject(Reason.Rejected.PROXY_HEADER, "it has no valid PROXY header: " + ex.getMessage());
            return null;
        }
    }

    private @Nullable InetSocketAddress enter(ProxyHeader header) {
        InetSocketAddress source = header.source() == null ? proxy : header.source();
        // With version 1, what names its own socket is the proxy's own, too.
        own = header.local() || proxy.equals(header.source());
        rejected = !door.enters(source.getAddress(), own);
        if (rejected) {
            return null;
        }
        letIn = source.getAddress();
        steering.settings().traffic().connectionsAccepted.increment();
        return source;
    }

    /** The connection has ended. Answers whether it counts as accepted. */
    boolean end(Reason.Closed reason) {
        InetAddress address = letIn;
        if (address != null) {
            door.leaves(address);
        } else if (!rejected && reason == Reason.Closed.HANDSHAKE_TIMEOUT) {
            reject(Reason.Rejected.PROXY_TIMEOUT, "its PROXY header did not come within 'timeouts.handshake'");
        } else if (!rejected) {
            steering.settings().traffic().connectionsAccepted.increment();
        }
        return !rejected;
    }

    private void reject(Reason.Rejected reason, String why) {
        rejected = true;
        door.reject(reason, proxy.getAddress(), why);
    }
}

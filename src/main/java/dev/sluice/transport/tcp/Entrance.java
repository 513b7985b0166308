package dev.sluice.transport.tcp;

import dev.sluice.transport.Access;
import dev.sluice.transport.Devices;
import dev.sluice.transport.Reason;
import dev.sluice.transport.TransportChange;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * Where the connections of a transport come from: a port that peers connect to, or devices that are dialled. It is
 * opened and closed by whoever steers the transport, one at a time; what happens to a connection is told by the
 * connection's thread.
 */
interface Entrance {

    /**
     * Takes what has to be had before the first connection can come.
     *
     * @throws IOException if it cannot be had; nothing is left open then
     */
    void open() throws IOException;

    /** Lets nothing more in. */
    void close();

    /** Waits until nothing can come any more of what was under way when it was closed. */
    void awaitEnd(Duration timeout) throws InterruptedException;

    /** Returns what is bound, if anything is. */
    Optional<InetSocketAddress> localAddress();

    /**
     * Prepares that connections to come go by other properties, of the same kind.
     *
     * @param heldByUs whether this process holds a port
     * @throws IOException if a port cannot be had
     * @throws BundleException if an SSL bundle cannot be used
     */
    TransportChange change(TcpProperties properties, IntPredicate heldByUs) throws IOException;

    /** Returns whether an open connection would be let in by these lists. */
    boolean admits(FramedConnection connection, Access access);

    /** Returns the devices that are dialled; nothing if peers connect by themselves. */
    default Optional<Devices> devices() {
        return Optional.empty();
    }

    /** Called four times a second while it is open. */
    void sweep();

    /** Writes what was left out of the log: nothing more is to come. */
    void tellAllSuppressed();

    /** Returns what knows which of its peers are there. */
    KernelPeers kernelPeers();

    // Of a connection's thread

    /** The connection's handshake is over. */
    default void established(FramedConnection connection) {}

    /** There will be no TLS. */
    void tlsFailed(FramedConnection connection, TlsTrouble trouble, IOException ex);

    /** The connection broke. */
    default void broke(FramedConnection connection, IOException ex) {}

    /**
     * The connection has ended: its place is free. Called once for each.
     *
     * @param entry by which it had to get in first, if it came by way of a proxy
     * @return whether it was let in, so that its end counts
     */
    boolean leaves(FramedConnection connection, @Nullable ProxiedEntry entry, Reason.Closed reason);
}

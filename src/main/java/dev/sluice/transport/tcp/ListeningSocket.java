package dev.sluice.transport.tcp;

import dev.sluice.transport.Steering;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the loop that accepts takes connections from: a server socket whose {@link #accept()} fails only once it is
 * closed. What goes wrong with one connection (too many open files, a peer gone before its socket was set up, one
 * connection too many) is counted, and the next is accepted.
 *
 * <p>It stands before the socket that is bound, which may be exchanged for another: the loop goes on with that. One
 * thread accepts; whoever steers the listener exchanges and closes.
 */
final class ListeningSocket extends ServerSocket {

    private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);
    private static final int MOST_IN_A_ROW = 16;
    private static final Duration MOST_KNOCKING = Duration.ofMillis(500);
    /** How long the loop has to notice that the socket has been closed from which it accepts. */
    private static final Duration MOST_LETTING_GO = Duration.ofSeconds(1);

    private final String listener;
    private final Steering steering;
    private final Predicate<Socket> door;
    /** Those that had connected to a socket which was then exchanged, and that nobody had accepted. */
    private final Queue<Socket> left = new ConcurrentLinkedQueue<>();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    /** Null while there is none; changed under the lock. */
    private volatile @Nullable ServerSocket bound;
    /** What the loop waits for to accept, if it does; guarded by the lock. */
    private @Nullable ServerSocket accepting;

    /** Where our own last connection came from that was to wake the loop; null if there was none. */
    private volatile @Nullable SocketAddress knocking;

    private final AcceptFailures failures;
    private int inARow;

    /**
     * @param bound what it accepts from at first, and closes with itself
     * @param door lets in or closes
     */
    ListeningSocket(String listener, Steering steering, ServerSocket bound, Predicate<Socket> door) throws IOException {
        this.listener = listener;
        this.steering = steering;
        this.bound = bound;
        this.door = door;
        this.failures = new AcceptFailures(listener, steering);
    }

    /** Waits for a connection that the door lets arrive. */
    @Override
    public Socket accept() throws IOException {
        while (true) {
            steering.gate().pass();
            letOthersGo();
            Socket socket = next();
            if (socket == null) {
                continue;
            }
            // One connection may have been taken just as the listener was paused: it waits here.
            steering.gate().pass();
            if (isClosed()) {
                socket.close();
                throw new SocketException("Socket closed");
            }
            if (door.test(socket)) {
                return socket;
            }
        }
    }

    /** Returns the next that has connected; null if there is none after all, so that this is to be called again. */
    private @Nullable Socket next() throws IOException {
        Socket waiting = left.poll();
        if (waiting != null) {
            return waiting;
        }
        ServerSocket from = beginAccept();
        if (from == null) {
            return null;
        }
        IOException failure;
        try {
            Socket socket = from.accept();
            failures.end();
            if (from != bound && isKnock(socket)) {
                closeQuietly(socket);
                return null;
            }
            return socket;
        } catch (IOException ex) {
            failure = ex;
        } finally {
            endAccept();
        }
        if (isClosed()) {
            throw failure;
        }
        if (from == bound) {
            failures.waitAfter(failure);
        }
        return null;
    }

    /** Waits while nothing is bound. Returns what to accept from; null if there is somebody who has arrived before. */
    private @Nullable ServerSocket beginAccept() throws SocketException {
        lock.lock();
        try {
            while (true) {
                if (isClosed()) {
                    throw new SocketException("Socket closed");
                }
                ServerSocket from = left.isEmpty() ? bound : null;
                if (from != null || !left.isEmpty()) {
                    accepting = from;
                    return from;
                }
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }

    private void endAccept() {
        lock.lock();
        try {
            accepting = null;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Returns what is bound now; null if nothing is. */
    @Nullable
    ServerSocket bound() {
        return bound;
    }

    /** Accepts from this one from now on. What has connected to the one before, which is closed, is still accepted. */
    void listenBy(ServerSocket other) throws IOException {
        exchange(other);
        if (isClosed()) {
            other.close();
        }
    }

    /** Lets the port go. The loop waits for another socket. */
    void release() {
        exchange(null);
    }

    /**
     * Returns when the port of the former is free. Nothing is bound until then, so that the loop finds whoever is left.
     */
    private void exchange(@Nullable ServerSocket other) {
        ServerSocket former = set(null);
        if (former != null) {
            if (!isLetGo(former, Duration.ZERO)) {
                knockAt(former);
            }
            keepArrived(former);
            closeQuietly(former);
            boolean _ = isLetGo(former, MOST_LETTING_GO);
        }
        ServerSocket _ = set(other);
    }

    private @Nullable ServerSocket set(@Nullable ServerSocket other) {
        lock.lock();
        try {
            ServerSocket former = bound;
            bound = other;
            changed.signalAll();
            return former;
        } finally {
            lock.unlock();
        }
    }

    /** Returns whether the loop does not wait at it, or has ceased to within the time. */
    private boolean isLetGo(ServerSocket former, Duration within) {
        lock.lock();
        try {
            long remaining = within.toNanos();
            while (accepting == former && remaining > 0) {
                remaining = changed.awaitNanos(remaining);
            }
            return accepting != former;
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Has the loop go on by a connection of our own. To close the socket under it would wake it, too, but under load
     * that may take long: those whom the kernel wakes all go before a virtual thread that another kind of thread wakes.
     */
    private void knockAt(ServerSocket former) {
        InetAddress address = former.getInetAddress();
        InetAddress near = address.isAnyLocalAddress() ? InetAddress.getLoopbackAddress() : address;
        try (Socket knock = new Socket()) {
            knock.bind(new InetSocketAddress(near, 0));
            knocking = knock.getLocalSocketAddress();
            knock.connect(new InetSocketAddress(near, former.getLocalPort()), (int) MOST_KNOCKING.toMillis());
            boolean _ = isLetGo(former, MOST_KNOCKING);
        } catch (IOException ex) {
            log.debug("Listener '{}': nobody opens at {}", listener, former, ex);
        }
    }

    private boolean isKnock(Socket socket) {
        return knocking != null && socket.getRemoteSocketAddress().equals(knocking);
    }

    /** While the loop waits to accept nobody is left behind; while the listener is paused, some may be. */
    private void keepArrived(ServerSocket former) {
        try {
            former.setSoTimeout(1);
            while (!isClosed()) {
                Socket arrived = former.accept();
                if (isKnock(arrived)) {
                    closeQuietly(arrived);
                } else {
                    left.add(arrived);
                }
            }
        } catch (IOException ex) {
            log.trace("Listener '{}': all that had connected are accepted", listener, ex);
        }
    }

    @Override
    public int getLocalPort() {
        ServerSocket now = bound;
        return now == null ? -1 : now.getLocalPort();
    }

    @Override
    public @Nullable SocketAddress getLocalSocketAddress() {
        ServerSocket now = bound;
        return now == null ? null : now.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        super.close();
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try (ServerSocket now = bound) {
            for (Socket socket = left.poll(); socket != null; socket = left.poll()) {
                closeQuietly(socket);
            }
            log.trace("Listener '{}': closing {}", listener, now);
        }
    }

    /** The threads of thousands that come at once would otherwise all be in front of those that are served already. */
    private void letOthersGo() {
        if (++inARow == MOST_IN_A_ROW) {
            inARow = 0;
            Thread.yield();
        }
    }

    static void closeQuietly(Closeable socket) {
        try {
            socket.close();
        } catch (IOException ex) {
            log.trace("Closing a socket failed", ex);
        }
    }
}

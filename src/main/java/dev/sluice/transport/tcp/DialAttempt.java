package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One attempt to reach a device, and the connection that comes of it: the virtual thread that connects serves it until
 * its end. A turn of {@link DialTurns} is held until the device is up, TLS and all, or the attempt has failed.
 */
final class DialAttempt implements Runnable {

    private static final Logger log = LoggerFactory.getLogger(DialAttempt.class);

    private final Dialler dialler;
    private final DialledDevice device;
    private final DialTerms terms;
    private final TcpProperties properties;
    private final DialTurns turns;
    private final AtomicBoolean holdsTurn = new AtomicBoolean(true);

    private volatile boolean aborted;
    private volatile @Nullable Socket socket;
    private volatile @Nullable Future<InetAddress[]> lookup;

    // These are of its own thread.
    private @Nullable FramedConnection connection;
    private @Nullable String failure;

    /** Holds a turn, which it gives back. */
    DialAttempt(Dialler dialler, DialledDevice device, DialTerms terms, DialTurns turns) {
        this.dialler = dialler;
        this.device = device;
        this.terms = terms;
        this.properties = terms.properties();
        this.turns = turns;
    }

    /** What it goes by, and the connection that comes of it. */
    DialTerms terms() {
        return terms;
    }

    DialledDevice device() {
        return device;
    }

    /** Returns whether its listener has ended it. */
    boolean isEndedByListener() {
        return aborted;
    }

    /** Its listener has ended its connection, which says nothing about the device. */
    void endedByListener() {
        aborted = true;
    }

    /** Returns what came of it; null if nothing did. */
    @Nullable
    FramedConnection connection() {
        return connection;
    }

    /** Returns how it came to its end. */
    String failure() {
        return failure == null ? DialFailure.ended(Reason.Closed.BROKEN) : failure;
    }

    @Override
    public void run() {
        try {
            connection = dialler.admit(this, connect());
            if (connection != null) {
                connection.run();
            }
        } catch (IOException ex) {
            note(DialFailure.toConnect(ex));
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': dialling {} failed", dialler.listener(), device.address(), ex);
            note("dialling failed: " + ex);
        } finally {
            dialler.ended(this);
            releaseTurn();
        }
    }

    private Socket connect() throws IOException {
        long deadline = System.nanoTime() + properties.connectTimeout().toNanos();
        InetAddress[] addresses = addresses(deadline);
        for (int i = 0; true; i++) {
            // So that an address that swallows packets leaves time for those after it.
            long share = (deadline - System.nanoTime()) / (addresses.length - i);
            try {
                return connect(
                        new InetSocketAddress(addresses[i], device.address().port()), share);
            } catch (IOException ex) {
                if (aborted || i == addresses.length - 1) {
                    throw ex;
                }
            }
        }
    }

    private InetAddress[] addresses(long deadline) throws IOException {
        String host = device.address().host();
        try {
            return new InetAddress[] {InetAddress.ofLiteral(host)};
        } catch (IllegalArgumentException ex) {
            return lookUp(host, deadline);
        }
    }

    private InetAddress[] lookUp(String host, long deadline) throws IOException {
        Future<InetAddress[]> asked = turns.names().begin(host);
        lookup = asked;
        try {
            if (aborted) {
                throw new SocketException("Socket closed");
            }
            return asked.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException ex) {
            throw new UnknownHostException(host);
        } catch (TimeoutException ex) {
            note("timed out: the address of its name was not found within 'tcp.connect-timeout'");
            throw new SocketTimeoutException("looking up " + host);
        } catch (CancellationException | InterruptedException ex) {
            throw new SocketException("Socket closed");
        } finally {
            turns.names().cancel(asked);
        }
    }

    private Socket connect(InetSocketAddress address, long nanos) throws IOException {
        Socket opened = new Socket();
        try {
            socket = opened;
            if (aborted) {
                throw new SocketException("Socket closed");
            }
            configure(opened);
            opened.connect(address, (int) Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos)));
            if (opened.getLocalSocketAddress().equals(opened.getRemoteSocketAddress())) {
                // Where nobody listens on a port from which we dial, the kernel may connect a socket with itself.
                throw new ConnectException("Connection refused");
            }
            return opened;
        } catch (IOException | RuntimeException | Error ex) {
            opened.close();
            throw ex;
        }
    }

    private void configure(Socket opened) throws SocketException {
        opened.setTcpNoDelay(properties.noDelay());
        opened.setKeepAlive(properties.keepAlive());
        if (properties.receiveBuffer() != null) {
            opened.setReceiveBufferSize((int) properties.receiveBuffer().toBytes());
        }
        if (properties.sendBuffer() != null) {
            opened.setSendBufferSize((int) properties.sendBuffer().toBytes());
        }
    }

    /** Notes why it has come to its end, or will. The first word counts. */
    void note(String why) {
        if (failure == null) {
            failure = why;
        }
    }

    /** Others may dial: this has worked, or has failed. */
    void releaseTurn() {
        if (holdsTurn.compareAndSet(true, false)) {
            turns.release();
        }
    }

    /** Ends it from another thread, as long as there is no connection. */
    void abort() {
        aborted = true;
        Future<InetAddress[]> asked = lookup;
        if (asked != null) {
            turns.names().cancel(asked);
        }
        try (Socket opened = socket) {
            log.trace("Closing {}", opened);
        } catch (IOException ex) {
            log.trace("Closing a socket that is being connected", ex);
        }
    }
}

package dev.sluice.transport.tcp;

import dev.sluice.transport.Steering;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A server socket whose {@link #accept()} fails only once it is closed. What goes wrong with one connection (too many
 * open files, a peer gone before its socket was set up, one connection too many) is counted, and the next is accepted.
 */
final class ListeningSocket extends ServerSocket {

    private static final Logger log = LoggerFactory.getLogger(ListeningSocket.class);
    private static final Duration FIRST_BACKOFF = Duration.ofMillis(10);
    private static final Duration LONGEST_BACKOFF = Duration.ofSeconds(1);
    private static final int MOST_IN_A_ROW = 16;

    private final String listener;
    private final TcpProperties properties;
    private final Steering steering;
    private final Door door;
    private Duration backoff = FIRST_BACKOFF;
    private int inARow;

    ListeningSocket(String listener, TcpProperties properties, Steering steering, Door door) throws IOException {
        this.listener = listener;
        this.properties = properties;
        this.steering = steering;
        this.door = door;
    }

    /** Waits for a connection that the door lets arrive. */
    @Override
    public Socket accept() throws IOException {
        while (true) {
            steering.gate().pass();
            letOthersGo();
            Socket socket;
            try {
                socket = super.accept();
                backoff = FIRST_BACKOFF;
            } catch (IOException ex) {
                if (isClosed()) {
                    throw ex;
                }
                retryLater(ex);
                continue;
            }
            // One connection may have been taken just as the listener was paused: it waits here.
            steering.gate().pass();
            if (isClosed()) {
                socket.close();
                throw new SocketException("Socket closed");
            }
            if (admit(socket)) {
                return socket;
            }
        }
    }

    /** The threads of thousands that come at once would otherwise all be in front of those that are served already. */
    private void letOthersGo() {
        if (++inARow == MOST_IN_A_ROW) {
            inARow = 0;
            Thread.yield();
        }
    }

    private boolean admit(Socket socket) {
        if (!door.arrives(socket.getInetAddress())) {
            refuse(socket);
            return false;
        }
        try {
            socket.setTcpNoDelay(properties.noDelay());
            socket.setKeepAlive(properties.keepAlive());
            if (properties.sendBuffer() != null) {
                socket.setSendBufferSize((int) properties.sendBuffer().toBytes());
            }
            return true;
        } catch (IOException ex) {
            // The peer is gone already.
            door.turnsBack(socket.getInetAddress());
            steering.settings().traffic().acceptErrors.increment();
            closeQuietly(socket);
            return false;
        }
    }

    private void retryLater(IOException ex) {
        steering.settings().traffic().acceptErrors.increment();
        if (backoff.equals(FIRST_BACKOFF) || backoff.equals(LONGEST_BACKOFF)) {
            log.warn("Listener '{}': accepting failed, trying on: {}", listener, ex.getMessage());
        }
        try {
            Thread.sleep(backoff);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        backoff = backoff.multipliedBy(2).compareTo(LONGEST_BACKOFF) > 0 ? LONGEST_BACKOFF : backoff.multipliedBy(2);
    }

    /** By a reset: the kernel need not remember for a minute whom we did not want. */
    private static void refuse(Socket socket) {
        try {
            socket.setSoLinger(true, 0);
        } catch (IOException ex) {
            log.trace("The peer is gone already", ex);
        }
        closeQuietly(socket);
    }

    private static void closeQuietly(Socket socket) {
        try {
            socket.close();
        } catch (IOException ex) {
            log.trace("Closing a rejected connection", ex);
        }
    }
}

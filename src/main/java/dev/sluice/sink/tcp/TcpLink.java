package dev.sluice.sink.tcp;

import dev.sluice.message.AddressText;
import dev.sluice.sink.Replacements;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The way to a TCP server: one connection, opened when need be, and again after its end. Used by one thread at a time.
 */
final class TcpLink {

    private final String host;
    private final int port;
    private final Duration timeout;
    private final Dialogue dialogue;
    private final Replacements replacements;
    private @Nullable ServerConnection connection;

    TcpLink(String sink, TcpSinkProperties properties, Dialogue dialogue) {
        this.replacements = new Replacements(sink);
        this.host = properties.host();
        this.port = properties.port();
        this.timeout = properties.timeout();
        this.dialogue = dialogue;
    }

    Duration timeout() {
        return timeout;
    }

    /** A server that has closed the connection while nothing was sent would let a batch vanish: so a look before it. */
    ServerConnection connected() throws IOException, InterruptedException {
        ServerConnection open = connection;
        if (open != null && !usable(open)) {
            replacements.tell("the connection to " + this, "the server has ended it");
            disconnect();
            open = null;
        }
        if (open == null) {
            open = ServerConnection.open(host, port, timeout, dialogue.newAnswerDecoder());
            connection = open;
        }
        return open;
    }

    private boolean usable(ServerConnection open) throws ClosedByInterruptException {
        try {
            return dialogue.answers() ? open.silent() : open.discard();
        } catch (ClosedByInterruptException ex) {
            throw ex;
        } catch (IOException _) {
            return false;
        }
    }

    void disconnect() {
        ServerConnection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException _) {
                // It is given up anyway.
            }
        }
    }

    /** What an operator is told. */
    String reason(IOException ex) {
        return switch (ex) {
            case UnknownHostException _ -> "unknown host";
            case SocketTimeoutException _ -> ex.getMessage() + " within " + seconds();
            default -> {
                String message = ex.getMessage();
                yield message == null ? "the connection is broken" : message;
            }
        };
    }

    String seconds() {
        return timeout.toMillis() / 1000.0 + " s";
    }

    /**
     * Ends the connection.
     *
     * @param linger how long the server may take to read to the end: closing at once would take back what it has not
     *     read yet
     */
    void close(Duration linger) {
        ServerConnection open = connection;
        if (open != null) {
            try {
                open.endOutput();
                open.awaitEnd(linger);
            } catch (IOException _) {
                // It is closed below, in one way or the other.
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }
        disconnect();
    }

    @Override
    public String toString() {
        return AddressText.bracketed(host) + ":" + port;
    }
}

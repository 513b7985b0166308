package dev.sluice.sink.tcp;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a caller does with its messages while the connection is its own.
 *
 * <p>Each answer belongs to the message that was written in its place. A message that is refused, or whose answer was
 * due when the server ended the connection, fails alone, and its stream waits for it; all others go on, by another
 * connection if need be.
 */
final class TcpTurn {

    /** Connections in a row that end without any answer, after which the server counts as away. */
    private static final int MOST_MUTE = 2;

    private final TcpLink link;
    private final Dialogue dialogue;
    private final List<? extends Envelope> messages;
    private final OrderedConfirmation confirmation;
    private final Burst burst;
    /** Whether there was a connection for the burst. */
    private boolean reached;
    /** Whether the server has answered to any message by this connection. */
    private boolean answered;
    /** Connections in a row that ended without any answer. */
    private int mute;

    private boolean wary;

    TcpTurn(TcpLink link, Dialogue dialogue, boolean wary, List<? extends Envelope> messages) {
        this.link = link;
        this.dialogue = dialogue;
        this.wary = wary;
        this.messages = messages;
        this.confirmation = new OrderedConfirmation(messages);
        this.burst = new Burst(dialogue, messages.size());
    }

    /** Returns whether the server has refused a message since it last took one. */
    boolean isWary() {
        return wary;
    }

    Confirmation<Failure> take() throws InterruptedException {
        boolean done = false;
        try {
            while (!passed()) {
                // What is left goes by another connection.
            }
            done = true;
        } finally {
            if (!done) {
                link.disconnect();
            }
        }
        return confirmation.confirmation();
    }

    /** Returns whether there is nothing more to be sent, since all are settled or the server is away. */
    private boolean passed() throws InterruptedException {
        answered = false;
        try {
            pass();
            // All that is written counts as delivered where no answer is due.
            confirmation.due().forEach(index -> confirmation.settle(index, null));
            return true;
        } catch (ClosedByInterruptException _) {
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException ex) {
            link.disconnect();
            mute = answered ? 0 : mute + 1;
            return !outlives(ex);
        }
    }

    /** Sends what is not settled, except behind a message that failed. */
    private void pass() throws IOException, InterruptedException {
        clear();
        for (int i = 0; i < messages.size(); i++) {
            if (confirmation.isDue(i)) {
                frame(i);
                if (burst.isFull(wary && dialogue.confirms() ? 1 : dialogue.mostUnanswered())) {
                    exchange();
                }
            }
        }
        exchange();
    }

    private void frame(int index) {
        try {
            burst.add(index, messages.get(index).getPayload());
        } catch (IllegalArgumentException ex) {
            confirmation.settle(index, Failure.poison("the sink's framing can't carry it: " + ex.getMessage()));
        }
    }

    private void exchange() throws IOException, InterruptedException {
        if (burst.isEmpty()) {
            return;
        }
        ServerConnection server = link.connected();
        reached = true;
        write(server);
        boolean refused = false;
        while (dialogue.answers() && burst.isOpen()) {
            String refusal = dialogue.refusal(server.read());
            answered(refusal == null ? null : failure(refusal));
            refused |= refusal != null;
            if (refusal != null && dialogue.losesStep()) {
                throw new EOFException(refusal);
            }
            burst.advance();
        }
        if (dialogue.ends()) {
            end(server);
        }
        wary = refused;
        clear();
    }

    private void end(ServerConnection server) throws IOException, InterruptedException {
        server.awaitEnd(link.timeout());
        if (!dialogue.answers()) {
            answered(null);
            burst.advance();
        }
        link.disconnect();
    }

    /** A server that ends a connection may have answered before, so its answers are read all the same. */
    private void write(ServerConnection server) throws IOException, InterruptedException {
        try {
            server.write(burst.frames(), !dialogue.answers());
            if (dialogue.ends()) {
                server.endOutput();
            }
        } catch (ClosedByInterruptException | SocketTimeoutException ex) {
            throw ex;
        } catch (IOException ex) {
            if (!dialogue.answers()) {
                throw ex;
            }
        }
    }

    private void answered(@Nullable Failure failure) {
        answered = true;
        confirmation.settle(burst.next(), failure);
    }

    private void clear() {
        burst.clear();
        reached = false;
    }

    /**
     * Charges the message that was to be answered next with the end of the connection, if the others may well fare
     * better. Else the server is away, and all are charged; only the first of each stream if the server had been
     * reached.
     */
    private boolean outlives(IOException ex) {
        wary = true;
        Failure failure = failure(link.reason(ex));
        boolean confirming = reached && dialogue.confirms();
        if (confirming && !(ex instanceof SocketTimeoutException) && mute < MOST_MUTE) {
            if (burst.isOpen() && confirmation.isDue(burst.next())) {
                confirmation.settle(burst.next(), failure);
            }
            return true;
        }
        for (int index : confirmation.due()) {
            if (!confirming || confirmation.isDue(index)) {
                confirmation.settle(index, failure);
            }
        }
        return false;
    }

    private Failure failure(String reason) {
        return Failure.passing(link + ": " + reason);
    }
}

package dev.sluice.sink.tcp;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.transport.framing.FrameBuffer;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a caller does with its messages while the connection is its own.
 *
 * <p>Each answer belongs to the message that was written in its place. A message that is refused, or whose answer was due when
 * the server ended the connection, fails alone, and its stream waits for it; all others go on, by another connection if need
 * be.
 */
final class TcpTurn {

    /** About so many bytes are written at a time. */
    private static final int MOST_WRITTEN = 256 * 1024;
    /** Connections in a row that end without any answer, after which the server counts as away. */
    private static final int MOST_MUTE = 2;

    private final TcpLink link;
    private final Dialogue dialogue;
    private final List<? extends Envelope> messages;
    /** Of those that are settled. */
    private final Map<Integer, Failure> failures = new HashMap<>();
    /** Which messages have been answered, or can't be sent. */
    private final BitSet settled = new BitSet();
    /** Streams in which one failed: what is behind it waits. */
    private final Set<String> heldStreams = new HashSet<>();

    private final FrameBuffer frames = new FrameBuffer();
    /** The messages whose frames are in the buffer, and how many of them there are. */
    private final int[] framed;

    private int frameCount;
    /** How many of those have been answered. */
    private int answered;
    /** To any message. */
    private int answers;
    /** Connections in a row that ended without any answer. */
    private int mute;
    /** Whether there was a connection for what is in the buffer. */
    private boolean reached;

    private boolean wary;

    TcpTurn(TcpLink link, Dialogue dialogue, boolean wary, List<? extends Envelope> messages) {
        this.link = link;
        this.dialogue = dialogue;
        this.wary = wary;
        this.messages = messages;
        this.framed = new int[messages.size()];
    }

    /** Whether the server has refused a message since it last took one. */
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
        if (failures.isEmpty()) {
            return Confirmation.all();
        }
        OrderedConfirmation confirmation = new OrderedConfirmation();
        for (int i = 0; i < messages.size(); i++) {
            confirmation.add(messages.get(i), failures.get(i));
        }
        return confirmation.confirmation();
    }

    /** Whether there is nothing more to be sent, since all are settled or the server is away. */
    private boolean passed() throws InterruptedException {
        int before = answers;
        try {
            pass();
            return true;
        } catch (ClosedByInterruptException _) {
            Thread.interrupted();
            throw new InterruptedException();
        } catch (IOException ex) {
            link.disconnect();
            mute = answers > before ? 0 : mute + 1;
            return !outlives(ex);
        }
    }

    /** Sends what is not settled, except behind a message that failed. */
    private void pass() throws IOException, InterruptedException {
        clear();
        for (int i = 0; i < messages.size(); i++) {
            if (isDue(i)) {
                frame(i);
                int most = wary && dialogue.confirms() ? 1 : dialogue.mostUnanswered();
                if (frameCount >= most || frames.size() >= MOST_WRITTEN) {
                    exchange();
                }
            }
        }
        exchange();
    }

    private boolean isDue(int index) {
        return !settled.get(index) && (heldStreams.isEmpty() || !heldStreams.contains(stream(index)));
    }

    private String stream(int index) {
        return messages.get(index).origin().lane();
    }

    private void frame(int index) {
        try {
            dialogue.encode(messages.get(index).getPayload(), frames);
            framed[frameCount++] = index;
        } catch (IllegalArgumentException ex) {
            settle(index, Failure.poison("the sink's framing can't carry it: " + ex.getMessage()));
        }
    }

    private void exchange() throws IOException, InterruptedException {
        if (frameCount == 0) {
            return;
        }
        ServerConnection server = link.connected();
        reached = true;
        write(server);
        boolean refused = false;
        while (dialogue.answers() && answered < frameCount) {
            String refusal = dialogue.refusal(server.read());
            answers++;
            settle(framed[answered], refusal == null ? null : failure(refusal));
            refused |= refusal != null;
            if (refusal != null && dialogue.losesStep()) {
                throw new EOFException(refusal);
            }
            answered++;
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
            answers++;
            settle(framed[answered++], null);
        }
        link.disconnect();
    }

    /** A server that ends a connection may have answered before, so its answers are read all the same. */
    private void write(ServerConnection server) throws IOException, InterruptedException {
        try {
            server.write(frames, !dialogue.answers());
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

    private void clear() {
        frames.truncate(0);
        frameCount = 0;
        answered = 0;
        reached = false;
    }

    private void settle(int index, @Nullable Failure failure) {
        settled.set(index);
        if (failure != null) {
            failures.put(index, failure);
            if (!failure.poison()) {
                heldStreams.add(stream(index));
            }
        }
    }

    /**
     * Charges the message that was to be answered next with the end of the connection, if the others may well fare better.
     * Else the server is away, and all are charged; only the first of each stream if the server had been reached.
     */
    private boolean outlives(IOException ex) {
        wary = true;
        Failure failure = failure(link.reason(ex));
        boolean alive = reached && dialogue.confirms() && !(ex instanceof SocketTimeoutException) && mute < MOST_MUTE;
        if (alive) {
            if (answered < frameCount && isDue(framed[answered])) {
                settle(framed[answered], failure);
            }
            return true;
        }
        for (int i = 0; i < messages.size(); i++) {
            if (isDue(i)) {
                failures.put(i, failure);
                if (reached && dialogue.confirms()) {
                    heldStreams.add(stream(i));
                }
            }
        }
        return false;
    }

    private Failure failure(String reason) {
        return Failure.passing(link + ": " + reason);
    }
}

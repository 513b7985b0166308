package dev.sluice.client;

import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FrameReader;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A connection in both directions at once: the sender's thread writes, the thread that calls {@link #run()} reads and
 * decides when it is over.
 *
 * <p>Without a count, the peer decides: when all is sent our side of the connection is ended, which tells a server that
 * it may close when it has answered. With one, our side stays open until the answers are there, since some servers drop
 * what they still had to say when their peer ends its side.
 */
final class TcpExchange {

    /** How often a wait looks up to see whether it still makes sense. */
    private static final int TICK_MILLIS = 50;
    /** How long the peer has been gone when it is no use to wait for our standard input any more. */
    private static final Duration GONE = Duration.ofMillis(200);
    /** How long a peer has, when all is sent, to end the connection before we end our side. */
    private static final long BEFORE_OUR_END_MILLIS = 100;

    /** A whole record: type, version 3.x, a length of two, level, and what it is about (RFC 8446, section 6). */
    private static final int ALERT_BYTES = 7;

    private final Exchange exchange;
    private final Socket socket;
    private final Frames frames;
    private final Progress progress = new Progress();
    private final Sender sender;
    private final InputStream in;
    private final FrameReader reader;
    private final CountDownLatch peerEnded = new CountDownLatch(1);
    /** We have ended our side. */
    private volatile boolean ended;

    private long received;
    private long answers;
    /** Answers that the peer has given up to begin another. */
    private long brokenOff;

    TcpExchange(Exchange exchange, Socket socket, Frames frames) throws IOException {
        this.exchange = exchange;
        this.socket = socket;
        this.frames = frames;
        this.sender = new Sender(
                exchange.messages(),
                new TcpWriter(socket.getOutputStream(), frames.framing(), progress),
                progress,
                this::allSent);
        this.in = socket.getInputStream();
        this.reader = new FrameReader(frames.framing().newDecoder(frames.maxSize()));
    }

    private boolean counting() {
        return exchange.count().orElse(0) > 0;
    }

    private boolean printing() {
        return exchange.count().isEmpty() || answers < exchange.count().getAsLong();
    }

    private boolean over() {
        return counting() && !printing() && (sender.openEnded() || sender.ended());
    }

    /**
     * A peer that throws us out does so before it has seen the end of our side, which would have made it end its own.
     */
    private void allSent() throws IOException {
        boolean untilClose = frames.framing() instanceof Framing.UntilClose;
        if (untilClose || !counting()) {
            if (!untilClose) {
                awaitPeersEnd();
            }
            ended = true;
            socket.shutdownOutput();
        }
    }

    private void awaitPeersEnd() {
        try {
            boolean _ = peerEnded.await(BEFORE_OUR_END_MILLIS, TimeUnit.MILLISECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    void run() throws ClientFailure {
        sender.start();
        try {
            socket.setSoTimeout(TICK_MILLIS);
            receive();
            sender.throwFailure();
            tellBrokenOff();
        } catch (IOException ex) {
            printLast();
            throw exchange.peer().brokenOff(ex, progressText());
        } finally {
            exchange.printer().flush();
        }
    }

    /** An answer that the peer gave up for another is not shown, and so not all is well. */
    private void tellBrokenOff() throws ClientFailure {
        if (brokenOff > 0) {
            throw ClientFailure.broken(exchange.peer() + " broke off "
                    + Exchange.count(brokenOff, "answer") + " to begin another, "
                    + progressText() + ". See its log for the reason.");
        }
    }

    private void receive() throws IOException, ClientFailure {
        do {
            printAll();
            exchange.printer().flush();
            if (over()) {
                return;
            }
            if (!printing()) {
                reader.discard();
            }
        } while (read());
        if (over()) {
            return;
        }
        boolean thrownOut = !ended && received == 0 && exchange.count().isEmpty();
        peerEnded.countDown();
        int unfinished = printLast();
        if (unfinished > 0) {
            throw ClientFailure.broken("Connection closed: " + exchange.peer() + " ended it " + progressText()
                    + ", with "
                    + Exchange.count(unfinished, "byte") + " of an unfinished " + frames.name() + " frame."
                    + " Check --framing, and add --greeting if the server greets.");
        }
        if (counting() && printing()) {
            throw ClientFailure.broken("Connection closed: " + exchange.peer() + " ended it after " + answers + " of "
                    + Exchange.count(exchange.count().getAsLong(), "answer") + ". See its log for the reason.");
        }
        awaitSender();
        if (thrownOut) {
            throw ClientFailure.broken("Connection closed: " + exchange.peer() + " ended it " + progressText()
                    + ", before we did. See its log for the reason. If it is to take messages and close, give"
                    + " --count 0.");
        }
    }

    /** Waits for bytes, and gives up on a peer that is silent while it is its turn. */
    private boolean read() throws IOException, ClientFailure {
        while (true) {
            try {
                int count = reader.read(in);
                progress.moved();
                received += Math.max(0, count);
                if (received == ALERT_BYTES && isAlert(reader.unfinished(ALERT_BYTES))) {
                    throw ClientFailure.broken("TLS: " + exchange.peer()
                            + " answers plain text with an alert. Add --tls, or choose another port.");
                }
                return count >= 0;
            } catch (SocketTimeoutException ex) {
                sender.throwOwnFailure();
                if (over() || exchange.count().orElse(1) == 0 && silent()) {
                    return false;
                }
                if (silent()) {
                    printLast();
                    throw exchange.silent(
                            sender, progress, answers, exchange.count().orElse(0));
                }
            }
        }
    }

    /** Whether that is how a port that speaks TLS answers plain text. */
    private static boolean isAlert(byte[] record) {
        return record.length == ALERT_BYTES
                && record[0] == 0x15
                && record[1] == 3
                && record[2] <= 4
                && record[3] == 0
                && record[4] == 2
                && (record[5] == 1 || record[5] == 2);
    }

    private boolean silent() {
        return !progress.awaitingInput() && progress.stillFor(exchange.peer().timeout());
    }

    /** The peer has ended its side. It may still read ours, but whoever writes to us is not waited for. */
    private void awaitSender() throws IOException, ClientFailure {
        while (!sender.ended() && !(progress.awaitingInput() && progress.stillFor(GONE))) {
            if (silent()) {
                throw exchange.silent(sender, progress, answers, 0);
            }
            try {
                Thread.sleep(TICK_MILLIS);
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    /** Prints the answers that have come whole. */
    private void printAll() throws ClientFailure {
        while (printing()) {
            switch (reader.next()) {
                case FRAME -> print();
                case BROKEN_OFF -> brokenOff++;
                case OVERSIZE -> throw tooLarge();
                case MALFORMED -> throw malformed();
                case MISMATCH ->
                    throw ClientFailure.broken("Answer " + (answers + 1) + " of " + exchange.peer()
                            + " has a wrong checksum. Check --frame and --checksum.");
                case MORE -> {
                    return;
                }
            }
        }
    }

    private void print() throws ClientFailure {
        answers++;
        if (frames.framing() instanceof Framing.Raw) {
            exchange.printer().piece(reader.payload());
        } else {
            exchange.printer().answer(reader.payload());
        }
    }

    /**
     * No more bytes will come: for some framings, what is left is an answer nonetheless. Returns how many bytes are
     * left that are none.
     */
    private int printLast() throws ClientFailure {
        int left = reader.unfinished();
        if (printing() && reader.last() == Result.FRAME) {
            print();
            left = 0;
        }
        if (frames.framing() instanceof Framing.Raw) {
            exchange.printer().endOfPieces();
        }
        return left;
    }

    private String progressText() {
        return "after " + Exchange.count(progress.sent(), "message") + " sent and " + Exchange.count(answers, "answer");
    }

    private ClientFailure tooLarge() {
        return ClientFailure.broken("Answer " + (answers + 1) + " of " + exchange.peer() + " is larger than "
                + frames.maxSizeText() + ". Give a larger --max-size, or check --framing.");
    }

    private ClientFailure malformed() {
        return ClientFailure.broken("Answer " + (answers + 1) + " of " + exchange.peer() + " is not framed as "
                + frames.name() + ": " + reader.problem()
                + ". Check --framing, and add --greeting if the server greets.");
    }
}

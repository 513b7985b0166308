package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/**
 * Connections that send numbered lines, many at once and no more than a window ahead, and check that every answer is
 * the next line: whole, once, in order. Two virtual threads each, one writing, one reading.
 */
final class EchoLoad implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Lines sent and not yet answered, of one connection. */
    private static final int WINDOW = 64;

    private final int port;
    private final List<Peer> peers = new ArrayList<>();
    private final LongAdder answers = new LongAdder();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final AtomicInteger endsOfStream = new AtomicInteger();
    private volatile long lastAnswer = System.nanoTime();
    private volatile boolean finishing;

    /** Connects so many peers, and returns when each has had an answer. */
    static EchoLoad start(int port, int connections) throws IOException {
        EchoLoad load = new EchoLoad(port);
        load.add(connections);
        load.awaitAnswersToAll();
        return load;
    }

    private EchoLoad(int port) {
        this.port = port;
    }

    /** Connects so many more. */
    void add(int connections) throws IOException {
        for (int i = 0; i < connections; i++) {
            Peer peer = new Peer(peers.size(), new Socket(InetAddress.getLoopbackAddress(), port));
            peers.add(peer);
            Thread.ofVirtual().start(peer::write);
            Thread.ofVirtual().start(peer::read);
        }
    }

    /** Every peer has had another answer. */
    void awaitAnswersToAll() {
        long[] before = peers.stream().mapToLong(peer -> peer.answered).toArray();
        await().atMost(PATIENCE).until(() -> {
            for (int i = 0; i < before.length; i++) {
                if (peers.get(i).answered <= before[i] && peers.get(i).ended.getCount() > 0) {
                    return false;
                }
            }
            return true;
        });
        assertRight();
    }

    /** Sends no more, waits for the answers to all that was sent, and for the listener to end its side. */
    void finish() throws InterruptedException {
        finishing = true;
        awaitEnd();
        for (Peer peer : peers) {
            assertThat(peer.answered).as("lines of %d answered", peer.number).isEqualTo(peer.sent);
        }
    }

    /** Waits until every connection has ended. */
    void awaitEnd() throws InterruptedException {
        for (Peer peer : peers) {
            assertThat(peer.ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                    .as("connection %d has ended", peer.number)
                    .isTrue();
        }
        assertRight();
    }

    /** No answer was cut, out of order, missing or doubled so far, and no connection broke. */
    void assertRight() {
        assertThat(wrong).isEmpty();
    }

    long answers() {
        return answers.sum();
    }

    /** How long ago the last answer came. */
    Duration quiet() {
        return Duration.ofNanos(System.nanoTime() - lastAnswer);
    }

    /** When the last answer came, in {@code System.nanoTime()}. */
    long lastAnswer() {
        return lastAnswer;
    }

    int endsOfStream() {
        return endsOfStream.get();
    }

    int size() {
        return peers.size();
    }

    @Override
    public void close() throws IOException {
        for (Peer peer : peers) {
            peer.socket.close();
        }
    }

    private final class Peer {

        private final int number;
        private final Socket socket;
        private final Semaphore window = new Semaphore(WINDOW);
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile long sent;
        private volatile long answered;

        Peer(int number, Socket socket) {
            this.number = number;
            this.socket = socket;
        }

        private byte[] line(long sequence) {
            // Of many lengths, now and then longer than a packet.
            int padding = (int) (sequence * 31 + number) % 97 * (sequence % 41 == 0 ? 60 : 1);
            return (number + ":" + sequence + ":" + "x".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        }

        void write() {
            Random random = new Random(number);
            ByteArrayOutputStream batch = new ByteArrayOutputStream();
            try {
                while (!finishing && ended.getCount() > 0) {
                    int lines = 1 + random.nextInt(16);
                    if (!window.tryAcquire(lines, 100, TimeUnit.MILLISECONDS)) {
                        continue;
                    }
                    batch.reset();
                    for (int i = 0; i < lines; i++) {
                        batch.writeBytes(line(sent + i));
                    }
                    // Before they are written, since the answers may be quicker than this thread.
                    sent += lines;
                    batch.writeTo(socket.getOutputStream());
                }
                if (finishing) {
                    socket.shutdownOutput();
                }
            } catch (IOException ex) {
                // The reader tells how the connection ended.
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }

        void read() {
            try (socket) {
                InputStream in = new BufferedInputStream(socket.getInputStream());
                while (true) {
                    byte[] expected = line(answered);
                    byte[] got = in.readNBytes(expected.length);
                    if (got.length == 0) {
                        endsOfStream.incrementAndGet();
                        return;
                    }
                    if (answered >= sent || !Arrays.equals(got, expected)) {
                        wrong.add("line %d of %d was answered by %s".formatted(answered, number, new String(got)));
                        return;
                    }
                    answered++;
                    answers.increment();
                    lastAnswer = System.nanoTime();
                    window.release();
                }
            } catch (IOException ex) {
                wrong.add("connection %d broke after %d answers: %s".formatted(number, answered, ex.getMessage()));
            } finally {
                ended.countDown();
            }
        }
    }
}

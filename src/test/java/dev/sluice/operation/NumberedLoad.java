package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * Connections that send lines {@code connection-number}, several at once, and keep count of those that were answered
 * with {@code OK number}. That a connection breaks is no failure here. Two virtual threads each.
 */
final class NumberedLoad implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Lines sent and not yet answered, of one connection. */
    private static final int MOST_IN_FLIGHT = 16;

    private final List<Peer> peers = new ArrayList<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    private final int lines;
    private final String padding;

    /**
     * @param first the number of the first connection
     * @param lines that each sends at the most
     */
    static NumberedLoad start(int port, int first, int connections, int lines) throws IOException {
        return start(port, first, connections, lines, "");
    }

    /**
     * @param padding in front of each line, ignored by who reads them from the last space on
     */
    static NumberedLoad start(int port, int first, int connections, int lines, String padding) throws IOException {
        NumberedLoad load = new NumberedLoad(lines, padding);
        try {
            for (int i = 0; i < connections; i++) {
                load.peers.add(load.new Peer(first + i, new Socket(InetAddress.getLoopbackAddress(), port)));
            }
        } catch (IOException ex) {
            load.close();
            throw ex;
        }
        load.peers.forEach(Peer::start);
        return load;
    }

    private NumberedLoad(int lines, String padding) {
        this.lines = lines;
        this.padding = padding;
    }

    long answered() {
        return peers.stream().mapToLong(peer -> peer.answered).sum();
    }

    void awaitAnswered(long atLeast) {
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(20)).until(() -> answered() >= atLeast);
        assertRight();
    }

    /** All lines of all connections have been answered. */
    void awaitAllAnswered() {
        awaitAnswered((long) lines * peers.size());
    }

    /** Waits until every connection has ended, and answers for each which was its last line that was answered. */
    Map<Integer, Integer> awaitEnd() throws InterruptedException {
        Map<Integer, Integer> accepted = new HashMap<>();
        for (Peer peer : peers) {
            assertThat(peer.reader.join(PATIENCE)).isTrue();
            accepted.put(peer.number, peer.answered);
        }
        assertRight();
        return accepted;
    }

    /** For each connection, which was its last line that was answered. */
    Map<Integer, Integer> accepted() {
        Map<Integer, Integer> accepted = new HashMap<>();
        peers.forEach(peer -> accepted.put(peer.number, peer.answered));
        return accepted;
    }

    private void assertRight() {
        assertThat(wrong).isEmpty();
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
        private final Semaphore window = new Semaphore(MOST_IN_FLIGHT);
        private final Thread reader = Thread.ofVirtual().unstarted(this::read);
        private volatile int answered;

        Peer(int number, Socket socket) {
            this.number = number;
            this.socket = socket;
        }

        void start() {
            reader.start();
            Thread.ofVirtual().start(this::write);
        }

        private void write() {
            try {
                int sent = 0;
                while (sent < lines && reader.isAlive()) {
                    if (!window.tryAcquire(100, TimeUnit.MILLISECONDS)) {
                        continue;
                    }
                    int more = Math.min(lines - sent, 1 + window.drainPermits());
                    StringBuilder batch = new StringBuilder();
                    for (int i = 0; i < more; i++) {
                        sent++;
                        batch.append(padding)
                                .append(number)
                                .append('-')
                                .append(sent)
                                .append('\n');
                    }
                    socket.getOutputStream().write(batch.toString().getBytes(US_ASCII));
                }
            } catch (IOException ex) {
                // The reader sees it, too.
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        }

        private void read() {
            try (socket;
                    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
                StringBuilder line = new StringBuilder();
                int next;
                // A line without an end is no answer.
                while ((next = in.read()) >= 0) {
                    if (next != '\n') {
                        line.append((char) next);
                        continue;
                    }
                    if (!line.toString().equals("OK " + (answered + 1))) {
                        wrong.add("line %d of %d was answered by %s".formatted(answered + 1, number, line));
                        return;
                    }
                    line.setLength(0);
                    answered++;
                    window.release();
                }
            } catch (IOException ex) {
                // As when the other end was killed.
            }
        }
    }
}

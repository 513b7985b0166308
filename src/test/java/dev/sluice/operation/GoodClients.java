package dev.sluice.operation;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * Connections that each send a line some ten times a second, mostly short, now and then long, and read the answer to
 * it.
 */
final class GoodClients implements AutoCloseable {

    private static final int MILLIS_BETWEEN = 100;
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int LONG_EVERY = 10;

    private final List<Socket> sockets = new ArrayList<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();
    private final Queue<String> troubles = new ConcurrentLinkedQueue<>();
    private final LongAdder answers = new LongAdder();
    private volatile boolean ending;

    /** Nanoseconds from a line to its answer, in ascending order. */
    record Latencies(List<Long> sorted) {

        Duration at(double quantile) {
            return sorted.isEmpty()
                    ? Duration.ZERO
                    : Duration.ofNanos(sorted.get((int) (quantile * (sorted.size() - 1))));
        }

        @Override
        public String toString() {
            return "p50 %d us, p99 %d us, most %d us (of %d)"
                    .formatted(micros(0.5), micros(0.99), micros(1), sorted.size());
        }

        private long micros(double quantile) {
            return at(quantile).toNanos() / 1000;
        }
    }

    /** Connects so many more. */
    void add(int port, int count, boolean echo) throws IOException {
        for (int i = 0; i < count; i++) {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setSoTimeout(PATIENCE_MILLIS);
            socket.setTcpNoDelay(true);
            sockets.add(socket);
            int number = threads.size();
            threads.add(Thread.ofVirtual().start(() -> ask(socket, number, echo)));
        }
    }

    private void ask(Socket socket, int number, boolean echo) {
        try {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            Thread.sleep(number * 7L % MILLIS_BETWEEN);
            for (int i = 1; !ending; i++) {
                String line = number + "-" + i + "-" + "g".repeat(i % LONG_EVERY == 0 ? 5000 : 60);
                long sent = System.nanoTime();
                socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.US_ASCII));
                String answer = readLine(in);
                nanos.add(System.nanoTime() - sent);
                if (!answer.equals(echo ? line : "OK " + i)) {
                    troubles.add("line " + i + " of " + number + " was answered by '" + answer + "'");
                    return;
                }
                answers.increment();
                Thread.sleep(MILLIS_BETWEEN);
            }
        } catch (IOException ex) {
            troubles.add("connection " + number + ": " + ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static String readLine(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                return line + " and the end of the stream";
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.US_ASCII);
    }

    /** What has been measured since this was called last. */
    Latencies latencies() {
        List<Long> since = new ArrayList<>();
        for (Long next = nanos.poll(); next != null; next = nanos.poll()) {
            since.add(next);
        }
        since.sort(null);
        return new Latencies(since);
    }

    /** Wrong answers and broken connections. */
    List<String> troubles() {
        return List.copyOf(troubles);
    }

    long answers() {
        return answers.sum();
    }

    int size() {
        return threads.size();
    }

    /** Sends no more, and returns once all that was sent has been answered. */
    void finish() throws InterruptedException {
        ending = true;
        for (Thread thread : threads) {
            thread.join();
        }
    }

    @Override
    public void close() throws IOException {
        ending = true;
        for (Socket socket : sockets) {
            socket.close();
        }
    }
}

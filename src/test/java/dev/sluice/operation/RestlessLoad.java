package dev.sluice.operation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.util.Arrays;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/**
 * Peers that come, have a few hundred lines echoed, batch by batch, go, and come again, and check each answer. One
 * virtual thread each.
 */
final class RestlessLoad implements AutoCloseable {

    private static final int BATCH = 16;
    private static final int LINE = 64;
    private static final int MOST_BATCHES = 64;
    private static final int PATIENCE_MILLIS = 30_000;
    private static final long MOST_BEHIND_NANOS = 100_000_000L;

    private final int port;
    private final int peers;
    private final Thread[] threads;
    private final LongAdder answered = new LongAdder();
    private final LongAdder connections = new LongAdder();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
    /** Between two batches of one peer; 0 is: none. */
    private volatile long pauseNanos;

    private volatile boolean finishing;

    RestlessLoad(int port, int peers) {
        this.port = port;
        this.peers = peers;
        this.threads = IntStream.range(0, peers)
                .mapToObj(number -> Thread.startVirtualThread(() -> new Peer(number).comeAndGo()))
                .toArray(Thread[]::new);
    }

    /**
     * Lines a second from now on, of all peers together; they catch up on little of what the service was too slow for.
     */
    void pace(double perSecond) {
        pauseNanos = (long) (1e9 * peers * BATCH / perSecond);
    }

    /** Lines that came back. */
    long answered() {
        return answered.sum();
    }

    long connections() {
        return connections.sum();
    }

    /** What did not come back as it was sent, and connections that broke. */
    Queue<String> wrong() {
        return wrong;
    }

    /** Has every peer go after its next answer, and waits for that. */
    @Override
    public void close() throws InterruptedException {
        finishing = true;
        for (Thread thread : threads) {
            thread.join(PATIENCE_MILLIS);
        }
    }

    private final class Peer {

        private final Random random;
        /** When its next batch is due. */
        private long due = System.nanoTime();

        Peer(int number) {
            random = new Random(number);
        }

        void comeAndGo() {
            while (!finishing) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setTcpNoDelay(true);
                    socket.setSoTimeout(PATIENCE_MILLIS);
                    converse(socket);
                    connections.increment();
                } catch (IOException ex) {
                    wrong.add("after " + answered + " answers: " + ex.getMessage());
                    return;
                }
            }
        }

        private void converse(Socket socket) throws IOException {
            InputStream in = socket.getInputStream();
            OutputStream out = socket.getOutputStream();
            byte[] batch = new byte[BATCH * LINE];
            for (int left = 1 + random.nextInt(MOST_BATCHES); left > 0 && !finishing; left--) {
                for (int i = 0; i < batch.length; i++) {
                    batch[i] = (byte) (i % LINE == LINE - 1 ? '\n' : 'a' + random.nextInt(26));
                }
                out.write(batch);
                byte[] answer = in.readNBytes(batch.length);
                if (!Arrays.equals(answer, batch)) {
                    throw new SocketException(answer.length + " bytes that are not those that were sent");
                }
                answered.add(BATCH);
                due = Math.max(due + pauseNanos, System.nanoTime() - MOST_BEHIND_NANOS);
                LockSupport.parkNanos(due - System.nanoTime());
            }
            // The peer has gone once the listener has, so that the number of connections stays the same.
            socket.shutdownOutput();
            if (in.read() >= 0) {
                throw new SocketException("more answers than lines");
            }
        }
    }
}

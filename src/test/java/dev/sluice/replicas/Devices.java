package dev.sluice.replicas;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Devices that come and go at random, answer commands, and send a message now and then. A virtual thread each. */
final class Devices implements AutoCloseable {

    private static final int READ_MILLIS = 20_000;
    private static final long SETTLED_NANOS = 2_000_000_000L;
    /** Commands that are not timed. */
    static final int WARM_UP = 2_000;

    private final int port;
    private final Habits habits;
    private final List<Thread> threads = new ArrayList<>();
    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    private final Queue<Long> byHttp = new ConcurrentLinkedQueue<>();
    private final Queue<Long> byKafka = new ConcurrentLinkedQueue<>();
    private final LongAdder connections = new LongAdder();
    private final LongAdder acknowledged = new LongAdder();
    private final AtomicInteger connected = new AtomicInteger();
    private volatile @Nullable Long lastAcknowledged;
    private volatile long longestSilence;
    private final AtomicLong longestWait = new AtomicLong();
    private volatile boolean ending;

    /**
     * @param leastStay how long a connection lasts, in milliseconds
     * @param mostStay likewise
     * @param contrary the share of commands that are not answered, refused, or answered by hanging up, each
     */
    record Habits(int leastStay, int mostStay, double contrary) {}

    /**
     * A command that has reached a device.
     *
     * @param content what was submitted
     */
    record Received(int device, String content) {}

    Devices(int port, int count, Habits habits) {
        this.port = port;
        this.habits = habits;
        for (int i = 0; i < count; i++) {
            int number = i;
            threads.add(Thread.startVirtualThread(() -> comeAndGo(number)));
        }
    }

    /** Nobody but those who are told to {@link #visit}. */
    Devices(int port, Habits habits) {
        this(port, 0, habits);
    }

    /** Has one device connect once, and stay for so long. */
    void visit(int number, int millis) throws IOException {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_MILLIS);
            new Visit(number, socket).stay(millis);
        }
    }

    static String name(int number) {
        return "d" + number;
    }

    Queue<Received> received() {
        return received;
    }

    /** From the submission of a command until its device has it, for devices that had been connected before. */
    Queue<Long> nanos(boolean http) {
        return http ? byHttp : byKafka;
    }

    int connected() {
        return connected.get();
    }

    long connections() {
        return connections.sum();
    }

    /** Messages that were answered. */
    long acknowledged() {
        return acknowledged.sum();
    }

    /** In which no message of any device was answered, once one was. */
    long longestSilenceMillis() {
        return longestSilence / 1_000_000;
    }

    /** From the submission of any command until a device had it, wherever the device was meanwhile. */
    long longestWaitMillis() {
        return longestWait.get() / 1_000_000;
    }

    private void comeAndGo(int number) {
        ThreadLocalRandom chance = ThreadLocalRandom.current();
        while (!ending) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), READ_MILLIS);
                socket.setTcpNoDelay(true);
                new Visit(number, socket).stay(chance.nextInt(habits.leastStay, habits.mostStay));
            } catch (IOException ex) {
                pause(chance.nextInt(200, 1_500));
            }
        }
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws InterruptedException {
        ending = true;
        for (Thread thread : threads) {
            thread.join(60_000);
        }
    }

    /** One connection. */
    private final class Visit {

        private final int number;
        private final Socket socket;
        private final InputStream in;
        private final ByteArrayOutputStream line = new ByteArrayOutputStream();
        private long since;

        Visit(int number, Socket socket) throws IOException {
            this.number = number;
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream());
        }

        void stay(int millis) throws IOException {
            say("LOGIN " + name(number));
            socket.setSoTimeout(READ_MILLIS);
            if (!hear().startsWith("WELCOME")) {
                throw new IOException("not welcome");
            }
            connections.increment();
            connected.incrementAndGet();
            try {
                since = System.nanoTime();
                socket.setSoTimeout(READ_MILLIS);
                while (!ending && System.nanoTime() - since < millis * 1_000_000L) {
                    try {
                        take(hear());
                    } catch (SocketTimeoutException ex) {
                        say("up");
                    }
                }
            } finally {
                connected.decrementAndGet();
            }
        }

        private void take(String text) throws IOException {
            if (text.equals("ACK")) {
                acknowledged.increment();
                long now = System.nanoTime();
                // Races of devices with each other cost microseconds here.
                Long last = lastAcknowledged;
                longestSilence = Math.max(longestSilence, last == null ? 0 : now - last);
                lastAcknowledged = now;
                return;
            }
            String[] parts = text.split(" ", 3);
            if (!parts[0].equals("C")) {
                throw new IllegalStateException("A device has got " + text);
            }
            received.add(new Received(number, parts[2]));
            long submitted = Long.parseLong(parts[2].substring(parts[2].indexOf('@') + 1));
            int count = Integer.parseInt(parts[2].substring(0, parts[2].indexOf('@')));
            long waited = System.nanoTime() - submitted;
            longestWait.accumulateAndGet(waited, Math::max);
            if (submitted - since > SETTLED_NANOS && count >= WARM_UP) {
                nanos(Submitters.isByHttp(number)).add(waited);
            }
            double chance = ThreadLocalRandom.current().nextDouble() / habits.contrary;
            if (chance < 1) {
                return;
            }
            if (chance < 2) {
                throw new IOException("hung up");
            }
            say((chance < 3 ? "NO " : "OK ") + parts[1]);
        }

        private void say(String text) throws IOException {
            socket.getOutputStream().write((text + "\n").getBytes(US_ASCII));
        }

        private String hear() throws IOException {
            for (int next = in.read(); next != '\n'; next = in.read()) {
                if (next < 0) {
                    throw new EOFException();
                }
                line.write(next);
            }
            String text = line.toString(US_ASCII);
            line.reset();
            return text;
        }
    }
}

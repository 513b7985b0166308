package dev.sluice.replicas;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a message and a command cost with one replica, two and three, in time of a processor: what each replica does for
 * itself, and what all of them do for each command.
 */
@Tag("long")
@Timeout(value = 20, unit = TimeUnit.MINUTES)
final class IntakeTests {

    private static final int SOCKETS = 240;
    private static final int AHEAD = 8;
    private static final int SECONDS = 20;
    private static final int COMMANDS_A_SECOND = 50;

    @TempDir
    private Path folder;

    private final LongAdder answered = new LongAdder();
    private volatile boolean ending;
    private volatile boolean sending;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void messagesGoToKafka(int replicas) throws Exception {
        try (Site site = new Site(folder, new Site.Plan(replicas, "15s", false, true))) {
            try (Admin admin = Admin.create(Map.of("bootstrap.servers", site.brokers()))) {
                admin.createTopics(List.of(new NewTopic("intake", 12, (short) 1)))
                        .all()
                        .get();
            }
            List<Thread> threads = new ArrayList<>();
            for (int i = 0; i < SOCKETS; i++) {
                Socket socket = site.replicas().get(i % replicas).connect(Devices.name(i));
                threads.add(Thread.startVirtualThread(() -> talk(socket)));
            }
            measure(site, "nothing", 0);
            sending = true;
            Thread.sleep(10_000); // Until the code is compiled.
            long messages = measure(site, "messages", 0);
            assertThat(messages).isPositive();
            sending = false;
            Thread.sleep(1_000);
            measure(site, "commands, as they are at first", COMMANDS_A_SECOND);
            measure(site, "commands", COMMANDS_A_SECOND);
            ending = true;
            for (Thread thread : threads) {
                thread.interrupt();
            }
        }
    }

    private long measure(Site site, String what, int commandsASecond) throws Exception {
        long messages = answered.sum();
        Duration replicas = site.cpu();
        Duration broker = site.cpuOfBroker();
        long begin = System.nanoTime();
        int commands = 0;
        for (long end = begin + TimeUnit.SECONDS.toNanos(SECONDS); System.nanoTime() < end; ) {
            if (commandsASecond == 0) {
                Thread.sleep(50);
            } else {
                submit(site, commands++);
                long due = begin + commands * 1_000_000_000L / commandsASecond;
                TimeUnit.NANOSECONDS.sleep(Math.max(0, due - System.nanoTime()));
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        long count = commandsASecond == 0 ? answered.sum() - messages : commands;
        double ofReplicas = site.cpu().minus(replicas).toNanos() / 1e3;
        double ofBroker = site.cpuOfBroker().minus(broker).toNanos() / 1e3;
        System.out.printf(
                "%d replicas, %s: %.0f a second; replicas %.1f %% of a processor, broker %.1f %%",
                site.replicas().size(), what, count / seconds, ofReplicas / seconds / 1e4, ofBroker / seconds / 1e4);
        System.out.printf(
                count == 0 ? "%n" : "; each %.1f µs of the replicas, %.1f µs of the broker%n",
                ofReplicas / count,
                ofBroker / count);
        return count;
    }

    private static void submit(Site site, int number) throws IOException {
        site.replicas().get(number % site.replicas().size()).call("POST", "/actuator/commands", """
            {"realm":"pumps","identity":"%s","text":"%d@0","ttl":"20m"}\
            """.formatted(
                        Devices.name(number % SOCKETS), number));
    }

    /** Sends messages, some ahead of their answers, and answers commands. */
    private void talk(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            if (!line(in).startsWith("WELCOME")) {
                throw new IOException("not welcome");
            }
            int ahead = 0;
            socket.setSoTimeout(200);
            while (!ending) {
                for (; sending && ahead < AHEAD; ahead++) {
                    say(socket, "pressure=2.4 temperature=17.5 state=open");
                }
                String line = line(in);
                if (line.equals("ACK")) {
                    answered.increment();
                    ahead--;
                } else if (line.startsWith("C ")) {
                    say(socket, "OK " + line.split(" ", 3)[1]);
                }
            }
        } catch (IOException ex) {
            if (!ending) {
                throw new IllegalStateException(ex);
            }
        }
    }

    private static void say(Socket socket, String text) throws IOException {
        socket.getOutputStream().write((text + "\n").getBytes(US_ASCII));
    }

    /** Returns the next line; empty if none begins for a while. */
    private static String line(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        while (true) {
            try {
                int next = in.read();
                if (next < 0) {
                    throw new IOException("closed");
                }
                if (next == '\n') {
                    return line.toString();
                }
                line.append((char) next);
            } catch (SocketTimeoutException ex) {
                if (line.isEmpty()) {
                    return "";
                }
            }
        }
    }
}

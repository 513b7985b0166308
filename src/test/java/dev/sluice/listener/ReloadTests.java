package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.listener.Reload.Request;
import dev.sluice.listener.Reload.Result;
import dev.sluice.listener.Reload.Status;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The configuration is edited while peers are connected. */
final class ReloadTests {

    @TempDir
    private Path folder;

    private String data() {
        return "sluice.data-directory: " + folder.resolve("data") + "\n";
    }

    private static Result reload(RunningSluice sluice, String yaml) {
        sluice.rewrite(yaml);
        return sluice.bean(Reload.class).run(Request.by("test"));
    }

    private static Result applied(RunningSluice sluice, String yaml) {
        Result result = reload(sluice, yaml);
        assertThat(result.problems()).isEmpty();
        assertThat(result.status()).isEqualTo(Status.APPLIED);
        return result;
    }

    private static String echo(Socket socket, String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
        return new String(socket.getInputStream().readNBytes(line.length() + 1), US_ASCII).strip();
    }

    /** Sends lines one at a time and expects each back, once. Returns how many. */
    private static int echoUntil(AtomicBoolean over, Socket socket, String name) throws IOException {
        int count = 0;
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
        while (!over.get()) {
            String line = name + "-" + count++;
            socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
            assertThat(in.readLine()).isEqualTo(line);
        }
        return count;
    }

    private static String echo(String name, int port, String more) {
        return "sluice.listeners." + name + ": { tcp: { address: 127.0.0.1, port: " + port + " }, reply.type: echo"
                + more + " }\n";
    }

    /** Ends the traffic of a test that fails, too. */
    private static final class Ending implements AutoCloseable {

        private final AtomicBoolean over = new AtomicBoolean();

        @Override
        public void close() {
            over.set(true);
        }
    }

    @Test
    void connectionsGoOnWhileListenersAroundThemChange() throws Exception {
        Path out = folder.resolve("out");
        String sinks = "sluice.sinks: { one: { file.path: '" + out + "/one.log' }, two: { file.path: '" + out
                + "/two.log' } }\n";
        int otherPort = Ports.free();
        String before = data()
                + sinks
                + echo("gone", 0, "")
                + echo("limited", 0, "")
                + echo("moved", 0, "")
                + echo("fed", 0, ", sinks: [one]")
                + echo("stays", 0, "");
        try (RunningSluice sluice = RunningSluice.with(before);
                // Not virtual: those that wait for one another would never leave the carriers to the service.
                ExecutorService threads = Executors.newCachedThreadPool();
                Ending ending = new Ending()) {
            AtomicBoolean over = ending.over;
            Map<String, List<Future<Integer>>> traffic = new TreeMap<>();
            for (String name : List.of("limited", "moved", "fed", "stays")) {
                for (int i = 0; i < 50; i++) {
                    Socket socket = sluice.connect(name);
                    String line = name + i;
                    traffic.computeIfAbsent(name, _ -> new ArrayList<>())
                            .add(threads.submit(() -> echoUntil(over, socket, line)));
                }
            }
            Socket left = sluice.connect("gone");
            assertThat(echo(left, "there")).isEqualTo("there");
            int oldPort = sluice.port("moved");

            Result result = applied(
                    sluice,
                    data()
                            + sinks
                            + echo("limited", 0, ", limits.max-connections: 60")
                            + echo("moved", otherPort, "")
                            + echo("fed", 0, ", sinks: [one, two]")
                            + echo("stays", 0, "")
                            + echo("added", 0, ""));
            assertThat(result.plan().listeners().keySet()).containsExactly("added", "fed", "gone", "limited", "moved");
            assertThat(left.getInputStream().read()).isEqualTo(-1);
            try (Socket added = sluice.connect("added");
                    Socket moved = sluice.connect("moved")) {
                assertThat(echo(added, "new")).isEqualTo("new");
                assertThat(echo(moved, "new")).isEqualTo("new");
                assertThat(moved.getPort()).isEqualTo(otherPort).isNotEqualTo(oldPort);
            }
            assertThat(sluice.bean(Listeners.class).find("gone")).isEmpty();
            long fed = sluice.traffic("fed").accepted.sum();
            await().atMost(Duration.ofSeconds(60))
                    .until(() -> sluice.traffic("fed").accepted.sum() > fed + 100);
            over.set(true);
            Map<String, Integer> sent = new TreeMap<>();
            for (Map.Entry<String, List<Future<Integer>>> each : traffic.entrySet()) {
                for (Future<Integer> one : each.getValue()) {
                    sent.merge(each.getKey(), one.get(), Integer::sum);
                }
            }
            sent.forEach(
                    (name, count) -> assertThat(sluice.traffic(name).received.sum())
                            .as(name)
                            .isEqualTo(count + (name.equals("moved") ? 1 : 0)));
            await().untilAsserted(() -> assertThat(Files.readAllLines(out.resolve("one.log")))
                    .hasSize(sent.get("fed"))
                    .doesNotHaveDuplicates());
            assertThat(Files.readAllLines(out.resolve("two.log"))).isNotEmpty().doesNotHaveDuplicates();
        }
    }

    @Test
    void twoListenersChangePlaces() throws Exception {
        int one = Ports.free();
        int other = Ports.free();
        try (RunningSluice sluice = RunningSluice.with(echo("a", one, "") + echo("b", other, ""));
                Socket old = sluice.connect("a")) {
            assertThat(echo(old, "x")).isEqualTo("x");
            Result result = applied(sluice, echo("a", other, "") + echo("b", one, ""));
            assertThat(result.gaps()).containsExactly("a", "b");
            assertThat(sluice.port("a")).isEqualTo(other);
            assertThat(sluice.port("b")).isEqualTo(one);
            assertThat(echo(old, "y")).isEqualTo("y");
            try (Socket a = sluice.connect("a");
                    Socket b = sluice.connect("b")) {
                assertThat(echo(a, "z")).isEqualTo("z");
                assertThat(echo(b, "z")).isEqualTo("z");
            }
            assertThat(sluice.traffic("a").received.sum()).isEqualTo(3);
        }
    }

    @Test
    void whatCannotBeBoundChangesNothing() throws Exception {
        try (RunningSluice sluice = RunningSluice.with(echo("a", 0, "") + echo("b", 0, ""));
                ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket old = sluice.connect("a")) {
            int port = sluice.port("a");
            Result result = reload(
                    sluice,
                    echo("a", Ports.free(), ", limits.max-connections: 1") + echo("new", taken.getLocalPort(), ""));
            assertThat(result.status()).isEqualTo(Status.FAILED);
            assertThat(result.problems())
                    .containsExactly("Listener 'new': port " + taken.getLocalPort()
                            + " on 127.0.0.1 is in use. Choose another, or stop what holds it");
            assertThat(sluice.port("a")).isEqualTo(port);
            assertThat(sluice.bean(Listeners.class).all())
                    .extracting(Listener::name)
                    .containsExactly("a", "b");
            assertThat(echo(old, "x")).isEqualTo("x");
            try (Socket another = sluice.connect("a");
                    Socket b = sluice.connect("b")) {
                assertThat(echo(another, "x")).isEqualTo("x");
                assertThat(echo(b, "x")).isEqualTo("x");
            }
            // And it can be put right.
            applied(sluice, echo("a", 0, "") + echo("new", 0, ""));
        }
    }

    @Test
    void aBrokenFileChangesNothing() throws Exception {
        String right = echo("a", 0, "");
        try (RunningSluice sluice = RunningSluice.with(right);
                Socket socket = sluice.connect("a")) {
            assertThat(reload(sluice, right + "sluice.listeners.b.tcp.prt: 1\n").problems())
                    .hasSize(1)
                    .first()
                    .asString()
                    .contains("sluice.listeners.b.tcp.prt: unknown key. Did you mean 'port'?");
            assertThat(reload(sluice, right + "sluice: {").status()).isEqualTo(Status.INVALID);
            assertThat(reload(sluice, right + "server.port: 9999\n").status()).isEqualTo(Status.NEEDS_START);
            assertThat(reload(sluice, right).status()).isEqualTo(Status.UNCHANGED);
            assertThat(echo(socket, "x")).isEqualTo("x");
        }
    }

    @Test
    void aSinkThatIsAwayHoldsNothingUp() throws Exception {
        String away = "sluice.sinks: { away: { tcp: { host: 127.0.0.1, port: " + Ports.free()
                + ", framing.type: line } }, file: { file.path: '" + folder.resolve("out.log") + "' } }\n";
        try (RunningSluice sluice = RunningSluice.with(data() + away + echo("a", 0, ", sinks: [away]"));
                Socket socket = sluice.connect("a")) {
            assertThat(echo(socket, "one")).isEqualTo("one");
            long start = System.nanoTime();
            applied(sluice, data() + away + echo("a", 0, ", sinks: [file]"));
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(echo(socket, "two")).isEqualTo("two");
            await().untilAsserted(() -> assertThat(folder.resolve("out.log")).hasContent("two"));
            // What waits for the other is its again.
            applied(
                    sluice,
                    data()
                            + away.replace(
                                    "away: { tcp",
                                    "away: { file.path: '" + folder.resolve("late.log") + "' }, gone: { tcp")
                            + echo("a", 0, ", sinks: [file]"));
            await().untilAsserted(() -> assertThat(folder.resolve("late.log")).hasContent("one"));
        }
    }

    @Test
    void aLongFrameThatHasBegunIsNotDisturbed() throws Exception {
        String large = ", framing.max-size: 2MB";
        try (RunningSluice sluice = RunningSluice.with(echo("a", 0, large));
                Socket socket = sluice.connect("a")) {
            byte[] half = "x".repeat(500_000).getBytes(US_ASCII);
            socket.getOutputStream().write(half);
            await().until(() -> sluice.traffic("a").bytesReceived.sum() == half.length);
            applied(sluice, echo("a", Ports.free(), large + ", limits.max-connections: 5"));
            socket.getOutputStream().write(half);
            socket.getOutputStream().write('\n');
            assertThat(socket.getInputStream().readNBytes(1_000_001))
                    .hasSize(1_000_001)
                    .endsWith((byte) '\n');
        }
    }

    @Test
    void aFullSpoolOutlivesItsListener() throws Exception {
        int port = Ports.free();
        String sinks = data() + "sluice.sinks.late: { tcp: { host: 127.0.0.1, port: " + port
                + ", framing.type: line } }\n" + echo("stays", 0, "");
        String full = ", sinks: [late], delivery: { max-spool-size: 1MB, backoff: 50ms, max-backoff: 100ms }";
        try (RunningSluice sluice = RunningSluice.with(sinks + echo("a", 0, full));
                ExecutorService threads = Executors.newCachedThreadPool();
                Socket socket = sluice.connect("a")) {
            Future<Integer> answered = threads.submit(() -> floodUntilClosed(socket));
            Spool spool = sluice.bean(Routes.class).findSpool("a").orElseThrow().spool();
            await().atMost(Duration.ofSeconds(30)).until(() -> spool.state().heldSince() != null);

            applied(sluice, sinks);
            int accepted = answered.get(20, TimeUnit.SECONDS);
            assertThat(accepted).isPositive();
            DurableRoute left = sluice.bean(Routes.class).findSpool("a").orElseThrow();
            assertThat(sluice.bean(Routes.class).isInUse(left)).isFalse();
            try (ServerSocket server = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
                    Socket delivered = server.accept()) {
                BufferedReader in = new BufferedReader(new InputStreamReader(delivered.getInputStream(), US_ASCII));
                Set<String> lines = new HashSet<>();
                for (int i = 0; i < accepted; i++) {
                    lines.add(in.readLine());
                }
                assertThat(lines).hasSize(accepted);
                await().atMost(Duration.ofSeconds(20))
                        .until(() -> sluice.bean(Routes.class).findSpool("a").isEmpty());
            }
        }
    }

    /** Sends without waiting for answers. Returns how many came. */
    private static int floodUntilClosed(Socket socket) throws IOException {
        Thread.ofVirtual().start(() -> {
            try {
                for (int i = 0; ; i++) {
                    socket.getOutputStream().write((i + "-" + "x".repeat(10_000) + "\n").getBytes(US_ASCII));
                }
            } catch (IOException _) {
                // The listener is gone.
            }
        });
        int count = 0;
        try {
            BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
            while (in.readLine() != null) {
                count++;
            }
        } catch (SocketException _) {
            // What it had not read was lost with the connection.
        }
        return count;
    }

    @Test
    void aPortThatHasToBeLetGoIsAwayForAMoment() throws Exception {
        int port = Ports.free();
        String everywhere = "sluice.listeners.a: { tcp: { address: 0.0.0.0, port: " + port + " }, reply.type: echo }\n";
        String here = everywhere.replace("0.0.0.0", "127.0.0.1");
        String longer = here.replace("port:", "backlog: 64, port:");
        try (RunningSluice sluice = RunningSluice.with(everywhere);
                ExecutorService threads = Executors.newCachedThreadPool();
                Socket old = sluice.connect("a")) {
            List<Long> gaps = new ArrayList<>();
            for (String next : List.of(here, longer, everywhere, here, everywhere, here, everywhere)) {
                AtomicBoolean over = new AtomicBoolean();
                Future<Long> gap = threads.submit(() -> longestGap(port, over));
                Result result = applied(sluice, next);
                assertThat(result.gaps()).containsExactly("a");
                over.set(true);
                gaps.add(gap.get());
            }
            assertThat(echo(old, "still")).isEqualTo("still");
            // How short it is on a quiet machine is for a benchmark to say.
            assertThat(Collections.min(gaps))
                    .as("nanoseconds without anybody at the port: %s", gaps)
                    .isLessThan(1_000_000_000L);
        }
    }

    /** Connects over and over. Returns the longest time from one connection that is served to the next. */
    private static long longestGap(int port, AtomicBoolean over) {
        long longest = 0;
        long last = System.nanoTime();
        boolean done = false;
        while (!done) {
            // Once more when it is over, so that a gap at the end has an end.
            done = over.get();
            boolean refused = true;
            while (refused) {
                try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                    socket.setSoTimeout(5_000);
                    refused = !echo(socket, "x").equals("x");
                } catch (IOException _) {
                    // Nobody is there.
                }
            }
            long now = System.nanoTime();
            longest = Math.max(longest, now - last);
            last = now;
        }
        return longest;
    }

    @Test
    void ofManyReloadsNothingStays() throws Exception {
        String sinks = "sluice.sinks: { one: { file.path: '" + folder.resolve("one.log") + "' }, two: { file.path: '"
                + folder.resolve("two.log") + "' } }\n";
        try (RunningSluice sluice = RunningSluice.with(data() + sinks + echo("reloaded", 0, ""));
                Socket socket = sluice.connect("reloaded")) {
            List<String> variants = IntStream.range(0, 12)
                    .mapToObj(i -> data()
                            + sinks
                            + echo(
                                    "reloaded",
                                    0,
                                    i % 3 == 0 ? ", sinks: [one]" : i % 3 == 1 ? ", sinks: [one, two]" : "")
                            + (i % 2 == 0 ? echo("reloaded-b", 0, ", limits.max-connections: " + (i + 1)) : "")
                            + (i % 4 == 0 ? echo("reloaded-c", 0, ", sinks: [two]") : ""))
                    .toList();
            int count = 0;
            for (int i = 0; i < 36; i++) {
                applied(sluice, variants.get(i % variants.size()));
                for (int j = 0; j < 5; j++) {
                    assertThat(echo(socket, "line" + count)).isEqualTo("line" + count);
                    count++;
                }
            }
            reload(sluice, data() + sinks + echo("reloaded", 0, ""));
            assertThat(sluice.traffic("reloaded").received.sum()).isEqualTo(count);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> Thread.getAllStackTraces().keySet().stream()
                                    .filter(thread -> thread.getName().startsWith("delivery-reloaded")
                                            || thread.getName().startsWith("spool-reloaded"))
                                    .count()
                            == 0);
        }
    }
}

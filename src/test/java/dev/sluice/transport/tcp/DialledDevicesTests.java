package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.listener.ListenerState;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Devices;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Devices that are servers: they are dialled, and again when they come back. */
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class DialledDevicesTests {

    @TempDir
    private static Path folder;

    /** A port at which nothing listens. */
    private static final int NOBODYS = 1;

    private static final Map<String, TestDevice> DEVICES = new HashMap<>();

    private static ServerSocket full;
    private static RunningSluice sluice;

    @BeforeAll
    static void start() throws Exception {
        for (String name : List.of(
                "greeted", "leaving", "paused", "late", "stopped", "absent", "quiet", "closed", "patient", "eager")) {
            DEVICES.put(name, TestDevice.at("127.0.0.1"));
        }
        DEVICES.get("late").turnOff();
        DEVICES.get("absent").turnOff();
        full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        fill(full);
        sluice = RunningSluice.with("""
            sluice:
              defaults.tcp.connect-max-backoff: 100ms
              listeners:
                greeted:
                  tcp: { connect: "%s", greeting: "hello\\n" }
                  reply: { type: text, text: "OK {sequence}" }
                reasons:
                  tcp: { connect: ["%s", "127.0.0.9:%d", "no-such-host.invalid:1"], connect-timeout: 2s }
                paused.tcp.connect: ["%s", "%s"]
                stopped.tcp.connect: ["%s", "%s"]
                stalled.tcp: { connect: "127.0.0.1:%d", connect-timeout: 60s }
                quiet: { tcp.connect: "%s", timeouts.idle: 300ms }
                closed.tcp.connect: "%s"
                patient.tcp: { connect: "%s", connect-max-backoff: 1m }
                eager.tcp.connect: "%s"
            """.formatted(
                        address("greeted"),
                        address("leaving"),
                        NOBODYS,
                        address("paused"),
                        address("late"),
                        address("stopped"),
                        address("absent"),
                        full.getLocalPort(),
                        address("quiet"),
                        address("closed"),
                        address("patient"),
                        address("eager")));
    }

    /** So that the kernel takes no more connections, nor refuses them. */
    private static void fill(ServerSocket socket) {
        IntStream.range(0, 4)
                .forEach(_ -> Thread.ofVirtual().start(() -> {
                    try {
                        new Socket(socket.getInetAddress(), socket.getLocalPort());
                    } catch (IOException ex) {
                        // It is full.
                    }
                }));
    }

    @AfterAll
    static void stop() throws Exception {
        sluice.close();
        full.close();
        for (TestDevice device : DEVICES.values()) {
            device.close();
        }
    }

    private static String address(String device) {
        return DEVICES.get(device).address();
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(10));
    }

    private static Devices devices(RunningSluice service, String listener) {
        return service.listener(listener).transport().devices().orElseThrow();
    }

    private static void awaitUp(String listener, int count) {
        awaitUp(sluice, listener, count);
    }

    private static void awaitUp(RunningSluice service, String listener, int count) {
        patiently().until(() -> devices(service, listener).up() == count);
    }

    private static Connection connection(String listener) {
        return sluice.listener(listener).transport().connections().iterator().next();
    }

    private static long lines(CapturedOutput output, String mark) {
        return output.getAll().lines().filter(line -> line.contains(mark)).count();
    }

    @Test
    void isGreetedAndAnsweredAsAPeerThatConnects() throws Exception {
        TestDevice device = DEVICES.get("greeted");
        awaitUp("greeted", 1);
        device.send("one");
        device.send("two");

        patiently().untilAsserted(() -> assertThat(device.received()).containsExactly("hello", "OK 1", "OK 2"));
        assertThat(connection("greeted").remote().getPort()).isEqualTo(device.port());
        assertThat(connection("greeted").counts().messagesIn()).isEqualTo(2);
        assertThat(sluice.listener("greeted").state()).isEqualTo(ListenerState.RUNNING);
    }

    @Test
    void saysOfEachDeviceWhyItIsAway(CapturedOutput output) throws Exception {
        awaitUp("reasons", 1);
        patiently().until(() -> devices(sluice, "reasons").absences(9).size() == 2);
        assertThat(devices(sluice, "reasons").absences(9).stream().map(Devices.Absence::failure))
                .satisfiesExactly(
                        failure -> assertThat(failure).startsWith("connection refused: "),
                        failure -> assertThat(failure).matches("(unknown host|timed out): .*"));
        assertThat(devices(sluice, "reasons").absences(1)).hasSize(1);

        DEVICES.get("leaving").reset();
        patiently().until(() -> lines(output, address("leaving") + " is away: connection reset: ") == 1);
        awaitUp("reasons", 1);
        assertThat(sluice.listener("reasons").state()).isEqualTo(ListenerState.RUNNING);
    }

    @Test
    void whilePausedItNeitherReadsNorDials() throws Exception {
        TestDevice stays = DEVICES.get("paused");
        TestDevice comes = DEVICES.get("late");
        awaitUp("paused", 1);
        sluice.listener("paused").pause();
        Thread.sleep(200); // for an attempt that was under way
        comes.turnOn();
        stays.send("held");
        Thread.sleep(600);
        assertThat(comes.accepted()).isZero();
        assertThat(sluice.traffic("paused").received.sum()).isZero();
        assertThat(stays.open()).isEqualTo(1);

        sluice.listener("paused").resume();
        awaitUp("paused", 2);
        patiently().until(() -> sluice.traffic("paused").accepted.sum() == 1);
        assertThat(stays.accepted()).isEqualTo(1);
    }

    @Test
    void isStoppedAndStartedAgain() throws Exception {
        TestDevice device = DEVICES.get("stopped");
        for (int i = 1; i <= 3; i++) {
            awaitUp("stopped", 1);
            device.send("message");
            long expected = i;
            patiently().until(() -> sluice.traffic("stopped").accepted.sum() == expected);

            sluice.listener("stopped").stop();
            assertThat(sluice.listener("stopped").state()).isEqualTo(ListenerState.STOPPED);
            assertThat(devices(sluice, "stopped").up()).isZero();
            assertThat(devices(sluice, "stopped").absences(9)).isEmpty();
            patiently().until(() -> device.open() == 0);
            Thread.sleep(400);
            assertThat(device.accepted()).isEqualTo(i);

            sluice.listener("stopped").start();
        }
        awaitUp("stopped", 1);
        assertThat(sluice.traffic("stopped").closed(Reason.Closed.STOPPED).sum())
                .isEqualTo(3);
    }

    /** One that takes a connection and never answers: a stop does not wait until the attempt has failed. */
    @Test
    void aStopEndsAttemptsThatAreUnderWay() {
        long before = System.nanoTime();
        sluice.listener("stalled").stop();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(2));
        assertThat(devices(sluice, "stalled").absences(9)).isEmpty();
    }

    @Test
    void aQuietDeviceIsDialledAnew() {
        patiently().until(() -> DEVICES.get("quiet").accepted() >= 3);
        assertThat(sluice.traffic("quiet").closed(Reason.Closed.IDLE).sum()).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aDeviceWhoseConnectionAnOperatorClosesIsDialledAnew(CapturedOutput output) {
        awaitUp("closed", 1);
        connection("closed").close(Reason.Closed.OPERATOR);

        patiently().until(() -> DEVICES.get("closed").accepted() == 2);
        awaitUp("closed", 1);
        assertThat(lines(output, address("closed") + " is away: an operator closed its connection"))
                .isEqualTo(1);
    }

    /** One that ends each connection at once is dialled less and less often. */
    @ParameterizedTest
    @CsvSource({"patient, 4", "eager, 25"})
    void aDeviceThatEndsEachConnectionIsNotDialledWithoutEnd(String name, int most) throws Exception {
        TestDevice device = DEVICES.get(name);
        int before = device.accepted();
        long until = System.nanoTime() + Duration.ofSeconds(2).toNanos();
        while (System.nanoTime() < until) {
            device.reset();
            Thread.sleep(5);
        }
        assertThat(device.accepted() - before).isBetween(1, most);
    }

    @Test
    void aDeviceThatRestartsFiveTimes(CapturedOutput output) throws Exception {
        restart(5, output);
    }

    @Test
    @Tag("long")
    void aDeviceThatRestartsFiftyTimes(CapturedOutput output) throws Exception {
        restart(50, output);
    }

    /**
     * Each message that was answered is in the file, and the log has a line for each time that the device came or went.
     */
    private void restart(int times, CapturedOutput output) throws Exception {
        Path file = folder.resolve("messages.log");
        List<String> answered = new ArrayList<>();
        try (TestDevice device = TestDevice.at("127.0.0.1");
                RunningSluice service = RunningSluice.with("""
                    sluice:
                      data-directory: %s
                      listeners:
                        meters:
                          tcp: { connect: "%s" }
                          reply: { type: text, text: "OK {payload}" }
                          sinks: [file]
                      sinks.file.file.path: %s
                    """.formatted(folder, device.address(), file))) {
            for (int i = 1; i <= times; i++) {
                awaitUp(service, "meters", 1);
                String message = "message " + i;
                device.send(message);
                patiently().until(() -> device.received().contains("OK " + message));
                answered.add(message);
                device.turnOff();
                patiently().until(() -> devices(service, "meters").up() == 0);
                device.turnOn();
            }
            awaitUp(service, "meters", 1);
            patiently().untilAsserted(() -> assertThat(device.accepted()).isEqualTo(times + 1));
            patiently().untilAsserted(() -> assertThat(Files.readAllLines(file)).containsExactlyElementsOf(answered));
            assertThat(lines(output, "device " + device.address() + " is up")).isEqualTo(times + 1);
            assertThat(lines(output, "device " + device.address() + " is away: it ended the connection"))
                    .isEqualTo(times);
            assertThat(service.traffic("meters").connectionsAccepted.sum()).isEqualTo(times + 1);
        }
    }

    /** Half of them are away. Each that is there is connected, and nothing grows with the number of the others. */
    @Test
    void aThousandDevices(CapturedOutput output) throws Exception {
        List<TestDevice> present = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        try {
            for (int i = 0; i < 1000; i++) {
                String host = "127.1." + i / 250 + "." + (i % 250 + 1);
                if (i % 2 == 0) {
                    present.add(TestDevice.at(host));
                    addresses.add(present.getLast().address());
                } else {
                    addresses.add(host + ":" + NOBODYS);
                }
            }
            int threads = Thread.activeCount();
            try (RunningSluice service = RunningSluice.with("""
                sluice.listeners.meters.tcp.connect: "%s"
                """.formatted(String.join(",", addresses)))) {
                awaitUp(service, "meters", 500);
                patiently()
                        .until(() -> devices(service, "meters").absences(1000).size() == 500);
                for (TestDevice device : present) {
                    device.send("reading");
                }
                Traffic traffic = service.traffic("meters");
                patiently().until(() -> traffic.accepted.sum() == 500);

                assertThat(Thread.activeCount() - threads)
                        .as("Platform threads")
                        .isLessThan(50);
                assertThat(lines(output, "device 127.1.")).isBetween(20L, 120L);
                assertThat(present)
                        .allSatisfy(device -> assertThat(device.accepted()).isEqualTo(1));
            }
            assertThat(lines(output, "times more than the log says")).isPositive();
            patiently().until(() -> present.stream().allMatch(device -> device.open() == 0));
        } finally {
            for (TestDevice device : present) {
                device.close();
            }
        }
    }
}

package dev.sluice.replicas;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Replicas as processes, behind haproxy and over a broker process, amid all that can befall them. */
@Tag("long")
@Timeout(value = 2, unit = TimeUnit.HOURS)
final class ReplicasTests {

    private static final Devices.Habits PEACEFUL = new Devices.Habits(20_000, 120_000, 0);
    private static final Devices.Habits CONTRARY = new Devices.Habits(20_000, 120_000, .01);

    private final Random chance = new Random(16);

    @TempDir
    private Path folder;

    @BeforeAll
    static void havePrograms() {
        have("haproxy");
        have("kcat");
    }

    private static void have(String program) {
        boolean found = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(each -> Files.isExecutable(Path.of(each, program)));
        assumeTrue(found, program + " is not installed");
    }

    /** What befalls them meanwhile. */
    private interface Trouble {
        void happen(Site site) throws Exception;
    }

    private void trial(int devices, int commands, double perSecond, Devices.Habits habits, Trouble trouble)
            throws Exception {
        trial(true, devices, commands, perSecond, habits, trouble);
    }

    /** Nothing befalls them, and nothing of ours is between them and the broker. */
    private void peacefulTrial(int devices, int commands, double perSecond) throws Exception {
        trial(false, devices, commands, perSecond, PEACEFUL, _ -> {});
    }

    private void trial(
            boolean lines, int devices, int commands, double perSecond, Devices.Habits habits, Trouble trouble)
            throws Exception {
        try (Site site = new Site(folder, new Site.Plan(3, "15s", lines, false));
                Devices all = new Devices(site.devicePort(), devices, habits)) {
            Site.await("the devices", () -> all.connected() > devices * .9);
            Submitters submitters = new Submitters(site, devices);
            try (BareLatency bare = new BareLatency(site.brokers())) {
                CompletableFuture<Void> submitting =
                        CompletableFuture.runAsync(() -> submit(submitters, commands, perSecond));
                trouble.happen(site);
                submitting.join();
                new Oracle(site).awaitEnd();
                System.out.println(new Oracle(site).check(submitters, all));
                System.out.println("A bare record: " + Oracle.percentiles(bare.nanos()));
            }
            System.out.printf(
                    "HTTP %s, taken after %s; %d connections; %d messages answered, none for %d ms at the worst;"
                            + " a command has waited for its device, or the device for it, for %d ms at the most%n",
                    submitters.statuses(),
                    Oracle.percentiles(submitters.nanos()),
                    all.connections(),
                    all.acknowledged(),
                    all.longestSilenceMillis(),
                    all.longestWaitMillis());
        }
    }

    private static void submit(Submitters submitters, int commands, double perSecond) {
        try {
            submitters.submit(commands, perSecond);
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    private Site.Replica any(Site site) {
        List<Site.Replica> all = site.replicas();
        return all.get(chance.nextInt(all.size()));
    }

    @Test
    void commandsReachDevicesThatComeAndGo() throws Exception {
        peacefulTrial(3_000, 20_000, 200);
    }

    /** How long a command takes where nobody is busy. */
    @Test
    void fewCommandsReachFewDevices() throws Exception {
        peacefulTrial(300, 4_000, 40);
    }

    @Test
    void replicasAreKilled() throws Exception {
        trial(3_000, 20_000, 40, CONTRARY, site -> {
            for (int i = 0; i < 50; i++) {
                Site.Replica one = any(site);
                one.kill();
                Thread.sleep(chance.nextInt(2_000));
                one.start();
                one.awaitReady();
                Thread.sleep(chance.nextInt(3_000));
            }
        });
    }

    @Test
    void replicasArePaused() throws Exception {
        trial(3_000, 20_000, 40, CONTRARY, site -> {
            for (int seconds : new int[] {5, 20, 60, 5, 20, 60, 5, 20, 60, 5, 20, 60, 5, 20, 60}) {
                Site.Replica one = any(site);
                one.signal("STOP");
                Thread.sleep(seconds * 1_000);
                one.signal("CONT");
                one.awaitReady();
                Thread.sleep(3_000);
            }
        });
    }

    @Test
    void replicasAreCutOffFromTheBroker() throws Exception {
        trial(3_000, 6_000, 40, CONTRARY, site -> {
            for (int i = 0; i < 5; i++) {
                Site.Replica one = any(site);
                one.line().cut(true);
                Thread.sleep(20_000);
                one.line().cut(false);
                one.awaitReady();
                Thread.sleep(3_000);
            }
        });
    }

    @Test
    void theBrokerIsKilled() throws Exception {
        trial(3_000, 6_000, 40, CONTRARY, site -> {
            for (int i = 0; i < 10; i++) {
                site.killBroker();
                Thread.sleep(chance.nextInt(10_000));
                site.startBroker();
                Thread.sleep(10_000);
            }
        });
    }

    /** Their clocks alone: time goes on for all of them as it does. */
    @Test
    void clocksOfReplicasAreHoursApart() throws Exception {
        have("faketime");
        trial(3_000, 6_000, 40, CONTRARY, site -> {
            for (int i = 0; i < 2; i++) {
                Site.Replica one = site.replicas().get(i);
                one.stop();
                one.start(List.of(
                        "env",
                        "DONT_FAKE_MONOTONIC=1",
                        "FAKETIME_FORCE_MONOTONIC_FIX=0",
                        "NO_FAKE_STAT=1",
                        "faketime",
                        "-f",
                        i == 0 ? "+1h" : "-1h"));
                one.awaitReady();
            }
            for (int i = 0; i < 5; i++) {
                Site.Replica right = site.replicas().get(2);
                right.kill();
                right.start();
                right.awaitReady();
                Thread.sleep(chance.nextInt(10_000));
            }
        });
    }

    @Test
    void replicasAreStoppedInTurns() throws Exception {
        trial(3_000, 10_000, 100, PEACEFUL, site -> {
            for (int i = 0; i < 2; i++) {
                for (Site.Replica one : site.replicas()) {
                    one.stop();
                    one.start();
                    one.awaitReady();
                    Thread.sleep(2_000);
                }
            }
        });
    }

    /** Half of the devices connect when their commands are about to expire. */
    @Test
    void whatHasExpiredIsNotDelivered() throws Exception {
        int count = 1_000;
        try (Site site = new Site(folder, 3, "15s");
                Devices devices = new Devices(site.devicePort(), PEACEFUL)) {
            Submitters submitters = new Submitters(site, count);
            List<Thread> visits = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                int number = i;
                submitters.submitNow(number, "5s");
                long at = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(4_900 + chance.nextInt(200));
                if (number % 2 == 0) {
                    visits.add(Thread.startVirtualThread(() -> {
                        try {
                            TimeUnit.NANOSECONDS.sleep(at - System.nanoTime());
                            devices.visit(number, 5_000);
                        } catch (IOException | InterruptedException ex) {
                            throw new IllegalStateException(ex);
                        }
                    }));
                }
            }
            for (Thread visit : visits) {
                visit.join();
            }
            submitters.submit(0, 1);
            Oracle oracle = new Oracle(site);
            oracle.awaitEnd();
            System.out.println(oracle.check(submitters, devices));
        }
    }

    @Test
    void ofTwoConnectionsAtOnceOneStays() throws Exception {
        int count = 1_000;
        try (Site site = new Site(folder, 3, "15s")) {
            List<Socket> sockets = Collections.synchronizedList(new ArrayList<>());
            CountDownLatch begin = new CountDownLatch(1);
            List<Thread> devices = new ArrayList<>();
            for (int i = 0; i < 2 * count; i++) {
                String name = Devices.name(i / 2);
                Site.Replica replica = site.replicas().get(i % 2);
                devices.add(Thread.startVirtualThread(() -> {
                    try {
                        begin.await();
                        sockets.add(replica.connect(name));
                    } catch (IOException | InterruptedException ex) {
                        throw new IllegalStateException(ex);
                    }
                }));
            }
            begin.countDown();
            for (Thread device : devices) {
                device.join();
            }
            long connected = System.nanoTime();
            Site.await("one connection of each", () -> {
                int open = 0;
                for (Site.Replica replica : site.replicas()) {
                    open += replica.get("/actuator/listeners/pumps")
                            .at("/connections/open")
                            .asInt();
                }
                return open == count;
            });
            System.out.printf("One of two is left after %d ms%n", (System.nanoTime() - connected) / 1_000_000);
            Set<Map<String, String>> views = new HashSet<>();
            Site.await("all to agree", () -> {
                views.clear();
                for (Site.Replica replica : site.replicas()) {
                    Map<String, String> view = new HashMap<>();
                    replica.get("/actuator/devices")
                            .get("devices")
                            .forEach(device -> view.put(
                                    device.get("identity").asString(),
                                    device.get("replica").asString()));
                    views.add(view);
                }
                return views.size() == 1;
            });
            assertThat(views.iterator().next()).hasSize(count);
            for (Socket socket : sockets) {
                socket.close();
            }
        }
    }

    /** A hundred times as many devices come back as in a usual second. */
    @Test
    void tenThousandDevicesComeBackAtOnce() throws Exception {
        int count = 10_000;
        try (Site site = new Site(folder, 2, "15s")) {
            for (int round = 0; round < 2; round++) {
                Site.Replica replica = site.replicas().get(round);
                Queue<Socket> sockets = new ConcurrentLinkedQueue<>();
                Duration before = site.cpu();
                long begin = System.nanoTime();
                List<Thread> devices = new ArrayList<>();
                for (int worker = 0; worker < 100; worker++) {
                    int first = worker;
                    devices.add(Thread.startVirtualThread(() -> {
                        try {
                            for (int i = first; i < count; i += 100) {
                                sockets.add(replica.connect(Devices.name(i)));
                            }
                        } catch (IOException ex) {
                            throw new IllegalStateException(ex);
                        }
                    }));
                }
                for (Thread device : devices) {
                    device.join();
                }
                assertThat(sockets).hasSize(count);
                for (Site.Replica each : site.replicas()) {
                    Site.await(
                            "the devices",
                            () -> each.get("/actuator/devices?offset=0&limit=1&realm=pumps")
                                            .get("total")
                                            .asInt()
                                    == count);
                }
                System.out.printf(
                        "%d devices are known to both after %d ms, in which both were on a processor for %d ms%n",
                        count,
                        (System.nanoTime() - begin) / 1_000_000,
                        site.cpu().minus(before).toMillis());
                for (Socket socket : sockets) {
                    socket.close();
                }
                Site.await(
                        "their end",
                        () -> replica.get("/actuator/devices?offset=0&limit=1")
                                        .get("total")
                                        .asInt()
                                == 0);
            }
        }
    }
}

package dev.sluice.replicas;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.Ports;
import dev.sluice.operation.QuickStart;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A broker, replicas of the service, and haproxy before them, each a process that can be killed, paused, cut off and
 * started again.
 */
final class Site implements AutoCloseable {

    static final String PREFIX = "sluice.";

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String CREDENTIALS =
            "Basic " + Base64.getEncoder().encodeToString("operator:secret".getBytes(UTF_8));
    private static final JsonMapper JSON = new JsonMapper();

    private static final String YAML = """
        sluice:
          cluster:
            replica: "r%1$d"
            replica-timeout: %3$s
            kafka: { replication: 1, partitions: 12 }
          listeners:
            pumps:
              tcp:
                address: 127.0.0.1
                port: %2$d
                backlog: 4096
                proxy-protocol: { mode: required, trusted: [127.0.0.1] }
              limits.max-connections: 20000
              rules:
                - { match.text: "LOGIN {pump}", identify: "{pump}", reply.text: "WELCOME {pump}", forward: false }
              identity: { required: true, twice: replace }
              commands:
                text: "C {number} {payload}"
                confirm: answer
                answer: { match.text: "OK {number}", rejected.text: "NO {number}", timeout: 10s, forward: false }
                max-ttl: 1h
                ttl: 20m
              sinks: [archive]
              reply: { type: text, text: "ACK" }
              %5$s
          sinks:
            archive.%6$s
        spring:
          kafka.bootstrap-servers: 127.0.0.1:%4$d
          security.user.password: secret
        """;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path folder;
    private final int devicePort = Ports.free();
    private final int brokerPort = Ports.free();
    private final List<Replica> replicas = new ArrayList<>();
    private Process broker;
    private final Process proxy;

    /**
     * What there is.
     *
     * @param replicas how many
     * @param replicaTimeout as it is configured
     * @param lines whether replicas can be cut off from the broker; else nothing is between them
     * @param direct whether messages go straight to Kafka; else to a file, through a spool
     */
    record Plan(int replicas, String replicaTimeout, boolean lines, boolean direct) {}

    /** Starts all, and returns once the replicas are ready. */
    Site(Path folder, int count, String replicaTimeout) throws Exception {
        this(folder, new Plan(count, replicaTimeout, true, false));
    }

    /** Starts all, and returns once the replicas are ready. */
    Site(Path folder, Plan plan) throws Exception {
        QuickStart.awaitCache();
        this.folder = folder;
        for (int i = 0; i < plan.replicas; i++) {
            replicas.add(new Replica(i, plan.lines));
        }
        formatBroker();
        startBroker();
        for (Replica replica : replicas) {
            replica.configure(plan);
            replica.start();
        }
        proxy = startProxy();
        for (Replica replica : replicas) {
            replica.awaitReady();
        }
    }

    List<Replica> replicas() {
        return replicas;
    }

    /** What the replicas have used of the processors so far. */
    Duration cpu() {
        return replicas.stream().map(Replica::cpu).reduce(Duration.ZERO, Duration::plus);
    }

    /** What the broker has used of the processors so far. */
    Duration cpuOfBroker() {
        return cpu(broker);
    }

    private static Duration cpu(Process process) {
        return process.toHandle().info().totalCpuDuration().orElseThrow();
    }

    /** Where devices connect. */
    int devicePort() {
        return devicePort;
    }

    /** The brokers, past the lines of the replicas. */
    String brokers() {
        return "127.0.0.1:" + brokerPort;
    }

    private static String classPath() {
        return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Process run(String log, Path in, List<String> command) throws IOException {
        return new ProcessBuilder(command)
                .directory(in.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(new File(folder.toFile(), log)))
                .start();
    }

    private void formatBroker() throws Exception {
        int controller = Ports.free();
        StringBuilder listeners =
                new StringBuilder("CONTROLLER://127.0.0.1:%d,ALL://127.0.0.1:%d".formatted(controller, brokerPort));
        StringBuilder advertised = new StringBuilder("ALL://127.0.0.1:%d".formatted(brokerPort));
        StringBuilder protocols = new StringBuilder("CONTROLLER:PLAINTEXT,ALL:PLAINTEXT");
        for (Replica replica : replicas) {
            String name = "R" + replica.number;
            listeners.append(",%s://127.0.0.1:%d".formatted(name, replica.ownBrokerPort));
            advertised.append(",%s://127.0.0.1:%d".formatted(name, replica.linePort));
            protocols.append(",%s:PLAINTEXT".formatted(name));
        }
        Files.writeString(folder.resolve("broker.properties"), """
            process.roles=broker,controller
            node.id=1
            controller.quorum.voters=1@127.0.0.1:%d
            controller.listener.names=CONTROLLER
            inter.broker.listener.name=ALL
            listeners=%s
            advertised.listeners=%s
            listener.security.protocol.map=%s
            log.dirs=%s
            offsets.topic.replication.factor=1
            offsets.topic.num.partitions=1
            transaction.state.log.replication.factor=1
            transaction.state.log.min.isr=1
            group.initial.rebalance.delay.ms=0
            auto.create.topics.enable=false
            """.formatted(
                        controller, listeners, advertised, protocols, folder.resolve("broker")));
        Process format = run(
                "broker.log",
                folder,
                kafka("kafka.tools.StorageTool", "format", "-t", "AAAAAAAAAAAAAAAAAAAAAA", "-c", "broker.properties"));
        if (format.waitFor() != 0) {
            throw new IllegalStateException(Files.readString(folder.resolve("broker.log")));
        }
    }

    private static List<String> kafka(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                java(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-Dlogback.configurationFile=logging-of-tests.xml",
                "-cp",
                classPath()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Starts it, or starts it again, and returns once it answers. */
    void startBroker() throws Exception {
        broker = run("broker.log", folder, kafka("kafka.Kafka", "broker.properties"));
        await("the broker", () -> {
            try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), brokerPort)) {
                return true;
            }
        });
    }

    void killBroker() throws InterruptedException {
        broker.destroyForcibly().waitFor();
    }

    private Process startProxy() throws IOException {
        StringBuilder servers = new StringBuilder();
        for (Replica replica : replicas) {
            servers.append("    server r%d 127.0.0.1:%d check port %d%n"
                    .formatted(replica.number, replica.devicePort, replica.httpPort));
        }
        Files.writeString(folder.resolve("haproxy.cfg"), """
            global
                maxconn 8000
            defaults
                mode tcp
                timeout connect 2s
                timeout check 2s
                timeout client 1h
                timeout server 1h
                option redispatch
                retries 3
            frontend devices
                bind 127.0.0.1:%d
                default_backend replicas
            backend replicas
                balance leastconn
                option httpchk GET /actuator/health/readiness
                default-server inter 500ms fall 2 rise 1 on-marked-down shutdown-sessions send-proxy-v2
            %s\
            """.formatted(devicePort, servers));
        return run("haproxy.log", folder, List.of("haproxy", "-db", "-q", "-f", "haproxy.cfg"));
    }

    /** Waits until this holds; what fails by a connection does not hold yet. */
    static void await(String what, Condition condition) throws Exception {
        await(what, PATIENCE, condition);
    }

    private static void await(String what, Duration patience, Condition condition) throws Exception {
        long end = System.nanoTime() + patience.toNanos();
        while (System.nanoTime() - end < 0) {
            try {
                if (condition.holds()) {
                    return;
                }
            } catch (IOException ex) {
                // Not yet.
            }
            Thread.sleep(50);
        }
        throw new AssertionError("In vain we waited for " + what);
    }

    interface Condition {
        boolean holds() throws Exception;
    }

    @Override
    public void close() throws Exception {
        http.shutdownNow();
        proxy.destroyForcibly();
        for (Replica replica : replicas) {
            replica.close();
        }
        broker.destroyForcibly().waitFor();
    }

    /** One of them. */
    final class Replica {

        private final int number;
        private final int devicePort = Ports.free();
        private final int httpPort = Ports.free();
        private final int ownBrokerPort = Ports.free();
        private final int linePort;
        private final @Nullable Relay line;
        private final Path home;
        private Process process;

        private Replica(int number, boolean hasLine) throws IOException {
            this.number = number;
            this.home = folder.resolve("r" + number);
            this.linePort = hasLine ? Ports.free() : ownBrokerPort;
            this.line = hasLine ? new Relay(linePort, ownBrokerPort) : null;
        }

        private void configure(Plan plan) throws IOException {
            Files.createDirectories(home.resolve("config"));
            Files.writeString(
                    home.resolve("config/application.yml"),
                    YAML.formatted(
                            number,
                            devicePort,
                            plan.replicaTimeout,
                            linePort,
                            plan.direct ? "delivery.mode: direct" : "",
                            plan.direct ? "kafka.topic: intake" : "file.path: archive.log"));
        }

        void start() throws IOException {
            start(List.of());
        }

        /** @param runner what stands before the command, such as faketime */
        void start(List<String> runner) throws IOException {
            List<String> command = new ArrayList<>(runner);
            // Three that optimize would take the processors for longer than a trial lasts.
            command.addAll(QuickStart.java(QuickStart.CHEAP, QuickStart.classPath()));
            command.addAll(List.of("--server.port=" + httpPort, "--server.address=127.0.0.1"));
            process = run("r" + number + ".log", home, command);
        }

        void awaitReady() throws Exception {
            awaitReady(PATIENCE);
        }

        void awaitReady(Duration patience) throws Exception {
            try {
                await("replica " + number, patience, () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("It has ended");
                    }
                    return call("GET", "/actuator/health/readiness", "").statusCode() == 200;
                });
            } catch (AssertionError ex) {
                throw new AssertionError(Files.readString(folder.resolve("r" + number + ".log")), ex);
            }
        }

        /** Connects a device to this one, past haproxy. */
        Socket connect(String device) throws IOException {
            Socket socket = new Socket(InetAddress.getLoopbackAddress(), devicePort);
            socket.setSoTimeout((int) PATIENCE.toMillis());
            socket.getOutputStream()
                    .write("PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\nLOGIN %s\n"
                            .formatted(device)
                            .getBytes(UTF_8));
            return socket;
        }

        /** kill -9. */
        void kill() throws InterruptedException {
            process.destroyForcibly().waitFor();
        }

        /** SIGTERM, and its end. */
        void stop() throws InterruptedException {
            process.destroy();
            process.waitFor(2, TimeUnit.MINUTES);
        }

        /** SIGSTOP or SIGCONT. */
        void signal(String name) throws Exception {
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        }

        /** The way to the broker, where the plan has one that can be cut. */
        Relay line() {
            return Objects.requireNonNull(line);
        }

        /** What it has used of the processors so far. */
        Duration cpu() {
            return Site.cpu(process);
        }

        /** Bytes of all that is reachable, after a full collection. Gaps between objects are none. */
        long liveHeap() throws Exception {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(process.pid()),
                            "GC.class_histogram")
                    .start();
            return jcmd.inputReader(UTF_8)
                    .lines()
                    .map(line -> line.strip().split(" +"))
                    .filter(columns -> columns.length > 3 && columns[0].matches("\\d+:"))
                    .filter(columns -> !columns[3].contains("FillerElement"))
                    .mapToLong(columns -> Long.parseLong(columns[2]))
                    .sum();
        }

        JsonNode get(String path) throws IOException {
            return JSON.readTree(call("GET", path, "").body());
        }

        HttpResponse<String> call(String method, String path, String body) throws IOException {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                    .method(method, HttpRequest.BodyPublishers.ofString(body))
                    .header("Content-Type", "application/json")
                    .header("Authorization", CREDENTIALS)
                    .timeout(Duration.ofSeconds(15))
                    .build();
            try {
                return http.send(request, HttpResponse.BodyHandlers.ofString());
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(ex);
            }
        }

        /** Sends by the thread that calls it, so that no client's own threads are in what is timed. */
        HttpURLConnection plainPost(String path, String body) throws IOException {
            HttpURLConnection call = (HttpURLConnection)
                    URI.create("http://127.0.0.1:" + httpPort + path).toURL().openConnection();
            call.setRequestMethod("POST");
            call.setRequestProperty("Content-Type", "application/json");
            call.setRequestProperty("Authorization", CREDENTIALS);
            call.setConnectTimeout(15_000);
            call.setReadTimeout(15_000);
            call.setDoOutput(true);
            try (OutputStream out = call.getOutputStream()) {
                out.write(body.getBytes(UTF_8));
            }
            return call;
        }

        private void close() throws Exception {
            process.destroyForcibly().waitFor();
            if (line != null) {
                line.close();
            }
        }
    }
}

package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole service in a process of its own, as an operator runs and steers it. */
public final class SluiceProcess implements AutoCloseable {

    /** What tests that run a process lock: one at a time, since each uses all of the machine. */
    public static final String PROCESSES = "dev.sluice.operation.processes";

    /** Of the user {@code operator}. */
    public static final String PASSWORD = "secret";

    private static final Duration START = Duration.ofSeconds(90);
    private static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final Pattern HTTP_PORT = Pattern.compile("Management: http \\S+ port (\\d+)");
    private static final String CREDENTIALS =
            "Basic " + Base64.getEncoder().encodeToString(("operator:" + PASSWORD).getBytes(UTF_8));
    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final Path log;
    private final Process process;
    private final int httpPort;

    /** Starts in this folder, with this configuration, and returns once it serves. */
    static SluiceProcess start(Path folder, String yaml) {
        return start(folder, yaml, List.of());
    }

    /**
     * @param runner a command that becomes the one that stands behind it, as {@code prlimit} does
     */
    static SluiceProcess start(Path folder, String yaml, List<String> runner) {
        List<String> command = new ArrayList<>(runner);
        command.addAll(QuickStart.java(QuickStart.CHEAP));
        return by(command, folder, yaml);
    }

    /**
     * Starts as it does in production, for what is measured or works hard.
     *
     * @param options of Java besides
     */
    public static SluiceProcess startUsually(Path folder, String yaml, String... options) {
        List<String> all = new ArrayList<>(List.of("-Xmx1g"));
        all.addAll(List.of(options));
        return by(QuickStart.java(all), folder, yaml);
    }

    /**
     * @param java a command that starts the service
     */
    public static SluiceProcess by(List<String> java, Path folder, String yaml) {
        try {
            return new SluiceProcess(java, folder, yaml);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private SluiceProcess(List<String> java, Path folder, String yaml) throws IOException {
        Files.writeString(Files.createDirectories(folder.resolve("config")).resolve("application.yml"), yaml);
        log = folder.resolve("log");
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of(
                "--server.port=0", "--server.address=127.0.0.1", "--spring.security.user.password=" + PASSWORD));
        process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        try {
            httpPort = awaitHttpPort();
        } catch (RuntimeException | Error ex) {
            process.destroyForcibly();
            throw ex;
        }
    }

    /** Of management. */
    public int httpPort() {
        return httpPort;
    }

    /** A command that runs a class of the tests in the Java that this one runs on. */
    static List<String> java(String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path")));
        command.addAll(List.of(arguments));
        return command;
    }

    private int awaitHttpPort() throws IOException {
        long until = System.nanoTime() + START.toNanos();
        while (System.nanoTime() < until && process.isAlive()) {
            Matcher matcher = HTTP_PORT.matcher(log());
            // The line is the last but one: when the listeners are up, Spring Boot says so.
            if (matcher.find() && log().contains("Started Application")) {
                return Integer.parseInt(matcher.group(1));
            }
            pause();
        }
        throw new AssertionError("The service did not start:\n" + log());
    }

    static void pause() {
        pause(20);
    }

    static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    String log() {
        try {
            return Files.readString(log);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end by itself, and answers the exit code. */
    int awaitExit(Duration atMost) throws InterruptedException {
        if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("The service did not end within " + atMost + ":\n" + log());
        }
        return process.exitValue();
    }

    /** A connection whose reads fail rather than hang. */
    Socket connect(String listener) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(listener));
        socket.setSoTimeout((int) PATIENCE.toMillis());
        return socket;
    }

    int port(String listener) {
        return listener(listener).get("port").asInt();
    }

    JsonNode listener(String name) {
        return body(get("/actuator/listeners/" + name));
    }

    String state(String name) {
        return listener(name).get("state").asString();
    }

    /** How many messages were received, accepted, ... since the process started. */
    long messages(String listener, String what) {
        return listener(listener).at("/messages/" + what).asLong(0);
    }

    long dropped(String listener) {
        return listener(listener).at("/messages/dropped").values().stream()
                .mapToLong(JsonNode::asLong)
                .sum();
    }

    long closed(String listener, String reason) {
        return listener(listener).at("/connections/closed/" + reason).asLong(0);
    }

    /** What a meter says that no listener has. */
    double meter(String name) {
        return body(get("/actuator/metrics/" + name))
                .at("/measurements/0/value")
                .asDouble();
    }

    int open(String listener) {
        return listener(listener).at("/connections/open").asInt();
    }

    /** What a meter of this listener says. */
    double meter(String name, String listener) {
        return body(get("/actuator/metrics/" + name + "?tag=listener:" + listener))
                .at("/measurements/0/value")
                .asDouble();
    }

    /** start, stop, pause or resume; answers the response, whatever its status. */
    HttpResponse<String> steer(String listener, String action) {
        return send(request("/actuator/listeners/" + listener)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"action\":\"" + action + "\"}")));
    }

    HttpResponse<String> get(String path) {
        return send(request(path).GET());
    }

    static JsonNode body(HttpResponse<String> response) {
        return JSON.readTree(response.body());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + path))
                .header("Authorization", CREDENTIALS)
                .timeout(PATIENCE);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    /** Threads that the kernel knows: virtual ones are not among them. */
    int platformThreads() {
        return (int) status("Threads");
    }

    /** Of memory, as the kernel counts it. */
    long residentBytes() {
        return status("VmRSS") * 1024;
    }

    private long status(String field) {
        try (Stream<String> lines = Files.lines(Path.of("/proc/" + process.pid() + "/status"))) {
            return lines.filter(line -> line.startsWith(field + ":"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Descriptors: sockets and all else. */
    long openFiles() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            return descriptors.count();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Bytes of all that is reachable, after a full collection. */
    long liveHeap() {
        try {
            Process jcmd = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "jcmd")
                                    .toString(),
                            Long.toString(process.pid()),
                            "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String histogram = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
            Matcher total = Pattern.compile("Total +\\d+ +(\\d+)").matcher(histogram);
            if (!total.find()) {
                throw new AssertionError(histogram);
            }
            return Long.parseLong(total.group(1));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
        process.destroyForcibly();
        try {
            process.waitFor();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }
}

package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/**
 * Builds and runs what the Dockerfile says, without Docker: layers, training run, entry point and health check are
 * taken out of it and followed in a folder of their own, on free ports.
 */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 5, unit = TimeUnit.MINUTES)
final class ContainerBuildIT {

    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
    private static final Path JAR = Path.of("target/sluice.jar");
    private static final Path CONFIGURATION = Path.of("config/application.yml");
    private static final Path TRAINING = Path.of("src/main/docker/train.sh").toAbsolutePath();
    private static final String GREETING = "成功连接服务器!";

    @TempDir
    private static Path folder;

    private static Path app;
    private static List<String> dockerfile;
    private static Map<String, String> environment;

    private Process service;

    @BeforeAll
    static void buildAsTheDockerfileSays() throws Exception {
        assumeTrue(Files.exists(JAR), "'package' has built the jar");
        dockerfile = Files.readAllLines(Path.of("Dockerfile"));
        environment = environment();
        copy(JAR, folder.resolve(JAR));
        succeed(folder, List.of("bash", "-c", instruction("RUN java -Djarmode=tools")));
        app = Files.createDirectory(folder.resolve("app"));
        for (String layer : instructions("COPY --from=build /build/")) {
            assertThat(layer).endsWith(" ./");
            copy(folder.resolve(layer.substring("COPY --from=build /build/".length(), layer.lastIndexOf(' '))), app);
        }
        if (Files.exists(CONFIGURATION)) {
            copy(CONFIGURATION, app.resolve(CONFIGURATION));
        }
        succeed(app, training());
        if (Files.exists(CONFIGURATION)) {
            assertThat(log()).doesNotContain("trained without a connection");
        }
    }

    @AfterEach
    void end() {
        if (service != null) {
            service.destroyForcibly();
        }
    }

    @Test
    void theEntryPointRunsWhatWasTrained() {
        List<String> entryPoint = entryPoint();
        assertThat(entryPoint).startsWith("java", "-XX:AOTCache=sluice.aot");
        assertThat(training().subList(0, 3)).containsExactly("bash", TRAINING.toString(), "sluice.aot");
        assertThat(training().subList(3, training().size())).isEqualTo(entryPoint.subList(2, entryPoint.size()));
    }

    @Test
    void startsFromTheCacheServesAndEndsWithSigterm() throws Exception {
        service = start(app, run("-XX:AOTMode=on"));
        Awaitility.await("health check")
                .atMost(Duration.ofMinutes(2))
                .until(() -> healthCheck() == 0 || !service.isAlive());
        assertThat(service.isAlive()).as(ContainerBuildIT::log).isTrue();

        if (Files.exists(CONFIGURATION)) {
            assertThat(greeting()).isEqualTo(GREETING);
        }

        service.destroy();
        assertThat(service.waitFor(20, TimeUnit.SECONDS))
                .as("ended within 20 s")
                .isTrue();
        assertThat(service.exitValue()).isIn(0, 143);
        assertThat(healthCheck()).as("health check of a service that is gone").isOne();
    }

    @Test
    void aCacheThatDoesNotFitIsNoticed() throws Exception {
        service = start(app, run("-XX:AOTMode=on", "-XX:-UseCompactObjectHeaders"));
        assertThat(service.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(service.exitValue()).as(ContainerBuildIT::log).isOne();
        assertThat(log()).contains("UseCompactObjectHeaders setting (enabled) does not equal");
    }

    private static List<String> training() {
        List<String> command = new ArrayList<>(json(instruction("RUN [\"bash\", \"/train.sh\"", "RUN ")));
        command.set(1, TRAINING.toString());
        return command;
    }

    private static List<String> entryPoint() {
        return json(instruction("ENTRYPOINT "));
    }

    /**
     * @param options win over those of the entry point
     */
    private static List<String> run(String... options) {
        List<String> command = new ArrayList<>(entryPoint());
        command.set(0, JAVA_HOME.resolve("bin/java").toString());
        command.addAll(command.indexOf("-cp"), List.of(options));
        return command;
    }

    private static int healthCheck() throws IOException, InterruptedException {
        String check = instruction("HEALTHCHECK ");
        return start(app, json(check.substring(check.indexOf("CMD ") + 4))).waitFor();
    }

    private static String greeting() throws IOException {
        int port = Integer.parseInt(environment.get("SLUICE_LISTENERS_GREETER_TCP_PORT"));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(10_000);
            InputStream in = socket.getInputStream();
            return new String(in.readNBytes(GREETING.getBytes(StandardCharsets.UTF_8).length), StandardCharsets.UTF_8);
        }
    }

    private static List<String> instructions(String start) {
        return dockerfile.stream().filter(line -> line.startsWith(start)).toList();
    }

    private static String instruction(String start) {
        return instruction(start, start.substring(0, start.indexOf(' ') + 1));
    }

    private static String instruction(String start, String keyword) {
        assertThat(instructions(start)).as("'" + start + "' in the Dockerfile").hasSize(1);
        return instructions(start).getFirst().substring(keyword.length());
    }

    private static List<String> json(String array) {
        return List.of(JsonMapper.shared().readValue(array, String[].class));
    }

    private static Map<String, String> environment() throws IOException {
        Map<String, String> environment = new HashMap<>();
        environment.put("PATH", JAVA_HOME.resolve("bin") + ":" + System.getenv("PATH"));
        try (ServerSocket http = new ServerSocket(0);
                ServerSocket tcp = new ServerSocket(0);
                ServerSocket intake = new ServerSocket(0);
                DatagramSocket udp = new DatagramSocket()) {
            environment.put("SERVER_PORT", Integer.toString(http.getLocalPort()));
            environment.put("SLUICE_LISTENERS_GREETER_TCP_PORT", Integer.toString(tcp.getLocalPort()));
            environment.put("SLUICE_LISTENERS_INTAKE_TCP_PORT", Integer.toString(intake.getLocalPort()));
            environment.put("SLUICE_LISTENERS_BEACON_UDP_PORT", Integer.toString(udp.getLocalPort()));
        }
        return environment;
    }

    private static void succeed(Path where, List<String> command) throws IOException, InterruptedException {
        assertThat(start(where, command).waitFor()).as(ContainerBuildIT::log).isZero();
    }

    private static Process start(Path where, List<String> command) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(where.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(folder.resolve("log").toFile()));
        builder.environment().putAll(environment);
        return builder.start();
    }

    private static String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException ex) {
            return ex.toString();
        }
    }

    /** Also the times of the files, which the cache compares. */
    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = to.resolve(from.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target, StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }
}

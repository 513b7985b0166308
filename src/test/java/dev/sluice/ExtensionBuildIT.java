package dev.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.FileSystemUtils;

/** The example of an extension, built as its owner would against what this build has made, and run by its jar. */
@EnabledOnOs(OS.LINUX)
@Timeout(value = 3, unit = TimeUnit.MINUTES)
final class ExtensionBuildIT {

    private static final Path JAR = Path.of("target/sluice.jar");
    private static final Path EXTENSION = Path.of("target/sluice-extension.jar");
    private static final Path EXAMPLE = Path.of("config/examples/extension");
    private static final Path JAVA_HOME = Path.of(System.getProperty("java.home"));
    private static final Pattern PORT = Pattern.compile("Listener 'lockers': tcp \\S+ port (\\d+)");

    @TempDir
    private Path folder;

    private Process service;

    @BeforeEach
    void isBuilt() {
        assumeTrue(Files.exists(JAR) && Files.exists(EXTENSION), "'package' has built the jars");
    }

    @AfterEach
    void end() {
        if (service != null) {
            service.destroyForcibly();
        }
    }

    @Test
    void theJarToCompileAgainstHasOnlyWhatIsStable() throws IOException {
        try (JarFile jar = new JarFile(EXTENSION.toFile())) {
            assertThat(jar.stream().map(Object::toString).filter(name -> name.endsWith(".class")))
                    .containsExactlyInAnyOrder(
                            "dev/sluice/extension/Answer.class",
                            "dev/sluice/extension/SluiceHeaders.class",
                            "dev/sluice/extension/package-info.class");
        }
    }

    @Test
    void theExampleBuildsAndRuns() throws Exception {
        FileSystemUtils.copyRecursively(EXAMPLE, folder.resolve("lockers"));
        install();
        build();
        copy(folder.resolve("lockers/target/lockers.jar"), folder.resolve("extensions/lockers.jar"));
        copy(EXAMPLE.resolve("application.yml"), folder.resolve("config/application.yml"));
        run();

        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream().write("hello 4711\nparcel 12 small\nwhat\nbye\n".getBytes(UTF_8));
            assertThat(new String(socket.getInputStream().readAllBytes(), UTF_8))
                    .isEqualTo("welcome 4711\nstored in 12\nerror locker 4711 said what\nbye\n");
        }
        Path parcels = folder.resolve("parcels/4711.log");
        await().until(() -> Files.exists(parcels) && Files.size(parcels) > 0);
        assertThat(Files.readAllLines(parcels))
                .singleElement()
                .asString()
                .contains(
                        "\"subject\":\"4711\"",
                        "\"fields\":{\"box\":\"12\",\"size\":\"small\"}",
                        "\"data\":\"parcel 12 small\"");
        await().untilAsserted(() -> assertThat(log()).contains("Locker 4711 of listener 'lockers' is gone"));
    }

    /** Into a repository of its own, as {@code install} would into the user's. */
    private void install() throws IOException {
        Path artifact = folder.resolve("repository/dev/sluice/sluice/0.1.0-SNAPSHOT");
        copy(Path.of("pom.xml"), artifact.resolve("sluice-0.1.0-SNAPSHOT.pom"));
        copy(EXTENSION, artifact.resolve("sluice-0.1.0-SNAPSHOT-extension.jar"));
    }

    /** All that it needs besides is what this build has needed. */
    private void build() throws Exception {
        ProcessBuilder maven = new ProcessBuilder(
                        System.getProperty("maven.home") + "/bin/mvn",
                        "--batch-mode",
                        "--offline",
                        "--quiet",
                        "-DskipTests",
                        "-Dmaven.repo.local=" + folder.resolve("repository"),
                        "-Dmaven.repo.local.tail=" + System.getProperty("maven.repository"),
                        "package")
                .directory(folder.resolve("lockers").toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("log").toFile());
        maven.environment().put("JAVA_HOME", JAVA_HOME.toString());
        maven.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
        assertThat(maven.start().waitFor()).as(this::log).isZero();
    }

    private void run() throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        JAVA_HOME.resolve("bin/java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        JAR.toAbsolutePath().toString())
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(Redirect.to(folder.resolve("log").toFile()));
        builder.environment().put("SERVER_PORT", "0");
        builder.environment().put("SLUICE_LISTENERS_LOCKERS_TCP_PORT", "0");
        service = builder.start();
    }

    private int port() {
        await().atMost(Duration.ofMinutes(1))
                .until(() -> !service.isAlive() || PORT.matcher(log()).find());
        Matcher matcher = PORT.matcher(log());
        assertThat(matcher.find()).as(this::log).isTrue();
        return Integer.parseInt(matcher.group(1));
    }

    private String log() {
        try {
            return Files.readString(folder.resolve("log"));
        } catch (IOException ex) {
            return ex.toString();
        }
    }

    private static void copy(Path from, Path to) throws IOException {
        Files.createDirectories(to.getParent());
        Files.copy(from, to);
    }
}

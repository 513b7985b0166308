package dev.sluice;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The jar as it is handed out, whatever Java finds it. */
final class JarIT {

    private static final Path JAR = Path.of("target/sluice.jar");
    private static final Path JAVAS = Path.of("/usr/lib/jvm");

    @BeforeAll
    static void isBuilt() {
        assumeTrue(Files.exists(JAR), "'package' has built the jar");
    }

    @Test
    void beginsWithAClassThatAnOlderJavaCanLoad() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.getManifest().getMainAttributes().getValue("Start-Class"))
                    .isEqualTo(Start.class.getName());
            assertThat(javaOf(jar, "Start")).isEqualTo(17);
            assertThat(javaOf(jar, "Application")).isGreaterThanOrEqualTo(25);
        }
    }

    @Test
    void saysWhatItIsMadeOf() throws IOException {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            Attributes attributes = jar.getManifest().getMainAttributes();
            assertThat(attributes.getValue("Sbom-Format")).isEqualTo("CycloneDX");
            String sbom = new String(
                    jar.getInputStream(jar.getEntry(attributes.getValue("Sbom-Location")))
                            .readAllBytes(),
                    UTF_8);
            assertThat(sbom).contains("pkg:maven/org.xerial/sqlite-jdbc@").doesNotContain("junit");
        }
    }

    private static int javaOf(JarFile jar, String name) throws IOException {
        try (DataInputStream in = new DataInputStream(
                jar.getInputStream(jar.getEntry("BOOT-INF/classes/dev/sluice/" + name + ".class")))) {
            in.skipNBytes(6);
            return in.readUnsignedShort() - 44;
        }
    }

    @Test
    void tellsAnOlderJavaInOneSentenceWhatItNeeds() throws Exception {
        Optional<Path> java = java17();
        assumeTrue(java.isPresent(), "a Java 17 is installed");

        for (List<String> arguments : List.of(List.<String>of(), List.of("check"))) {
            Process process = new ProcessBuilder(Stream.concat(
                                    Stream.of(java.orElseThrow().toString(), "-jar", JAR.toString()),
                                    arguments.stream())
                            .toList())
                    .redirectErrorStream(true)
                    .start();

            assertThat(new String(process.getInputStream().readAllBytes(), UTF_8))
                    .startsWith("Sluice needs Java 25 or later, and this is Java 17 (")
                    .hasLineCount(1);
            assertThat(process.waitFor()).isEqualTo(1);
        }
    }

    private static Optional<Path> java17() throws IOException {
        if (!Files.isDirectory(JAVAS)) {
            return Optional.empty();
        }
        try (Stream<Path> homes = Files.list(JAVAS)) {
            return homes.filter(JarIT::is17)
                    .map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .findFirst();
        }
    }

    private static boolean is17(Path home) {
        try {
            return Files.readString(home.resolve("release")).contains("JAVA_VERSION=\"17");
        } catch (IOException ex) {
            return false;
        }
    }
}

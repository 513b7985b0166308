package dev.sluice.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import dev.sluice.sink.LineMessage;
import dev.sluice.sink.file.FileSinkProperties.Format;
import dev.sluice.sink.file.RotationProperties.Compression;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

/** On a file system of 64 KB, which only root may mount. */
@EnabledOnOs(OS.LINUX)
class FullDiskTests {

    @TempDir
    private Path folder;

    @BeforeEach
    void mount() throws Exception {
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", folder.toString()) == 0,
                "a small file system cannot be mounted by this user");
    }

    @AfterEach
    void unmount() throws Exception {
        run("umount", folder.toString());
    }

    @Test
    void noHalfMessageStaysAndItWorksAgainWhenSpaceIsBack() throws Exception {
        Path ballast = Files.write(folder.resolve("ballast"), new byte[40_000]);
        Path file = folder.resolve("x.log");
        LineMessage large = LineMessage.of("x".repeat(30_000));
        try (FileSink sink = new FileSink(new FileSinkProperties(file.toString(), Format.RAW, null))) {
            assertThat(sink.send(List.of(LineMessage.of("first"))).complete()).isTrue();

            Confirmation<Failure> refused = sink.send(List.of(LineMessage.of("second"), large));
            assertThat(refused.failure(0))
                    .isEqualTo(refused.failure(1))
                    .isEqualTo(Failure.passing("file " + file + ": No space left on device"));
            assertThat(file).hasContent("first\n");

            Files.delete(ballast);
            assertThat(sink.send(List.of(LineMessage.of("second"), large)).complete())
                    .isTrue();
        }
        assertThat(file).hasContent("first\nsecond\n" + "x".repeat(30_000) + "\n");
    }

    @Test
    void whatCannotBeCompressedStaysWholeAndIsCompressedOnceThereIsSpace() throws Exception {
        byte[] noise = new byte[20_000];
        new Random(7).nextBytes(noise);
        Files.write(folder.resolve("x.log"), noise);
        Path ballast = Files.write(folder.resolve("ballast"), new byte[36_000]);
        RotationProperties rotate = new RotationProperties(DataSize.ofKilobytes(1), null, null, Compression.GZIP);
        Path file = folder.resolve("x.log");
        try (FileSink sink = new FileSink(new FileSinkProperties(file.toString(), Format.RAW, rotate))) {
            assertThat(sink.send(List.of(LineMessage.of("x".repeat(1024)))).complete())
                    .isTrue();
            await().pollDelay(Duration.ofMillis(300))
                    .until(() -> names().stream().noneMatch(name -> name.endsWith(".part")));
            assertThat(names()).filteredOn(name -> name.endsWith("Z")).hasSize(1);
            assertThat(names()).noneMatch(name -> name.endsWith(".gz"));
            Files.delete(ballast);
            assertThat(sink.send(List.of(LineMessage.of("next"))).complete()).isTrue();
            await().until(() ->
                    names().stream().filter(name -> name.endsWith(".gz")).count() == 2);
        }
        assertThat(names()).hasSize(3).noneMatch(name -> name.endsWith("Z") || name.endsWith(".part"));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }
}

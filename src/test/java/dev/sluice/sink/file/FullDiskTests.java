package dev.sluice.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.sink.LineMessage;
import dev.sluice.sink.file.FileSinkProperties.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

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
        try (FileSink sink = new FileSink("archive", new FileSinkProperties(file.toString(), Format.RAW))) {
            assertThat(sink.send(List.of(LineMessage.of("first"))).complete()).isTrue();

            Confirmation refused = sink.send(List.of(LineMessage.of("second"), large));
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

    private static int run(String... command) throws IOException, InterruptedException {
        return new ProcessBuilder(command).start().waitFor();
    }
}

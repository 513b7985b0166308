package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.RunningSluice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** A data directory that cannot be had ends the start with a report. */
@Isolated("what is printed is captured")
@ExtendWith(OutputCaptureExtension.class)
final class SpoolFailureTests {

    @TempDir
    private Path folder;

    @Test
    void aFileInItsPlaceIsNamed(CapturedOutput output) throws IOException {
        Path file = Files.createFile(folder.resolve("data"));

        assertThat(catchThrowable(() -> start(file).close())).isNotNull();

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("sluice.data-directory: '" + file + "' is a file. Choose a directory")
                .doesNotContain("\tat ");
    }

    @Test
    void aDirectoryThatAnotherHasLockedIsNamed(CapturedOutput output) {
        try (RunningSluice first = start(folder)) {
            assertThat(first.listener("greeter").transport().localAddress()).isPresent();

            assertThat(catchThrowable(() -> start(folder).close())).isNotNull();
        }

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("sluice.data-directory: '" + folder + "' is in use by ")
                .doesNotContain("\tat ");
    }

    @Test
    void aSpoolThatCannotBeOpenedIsNamed(CapturedOutput output) throws IOException {
        Path spool = Files.createDirectories(folder.resolve("greeter.spool/occupied"));

        assertThat(catchThrowable(() -> start(folder).close())).isNotNull();

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(spool.getParent().toString())
                .doesNotContain("\tat ");
    }

    private static RunningSluice start(Path data) {
        return RunningSluice.with("""
            sluice:
              data-directory: %s
              listeners:
                greeter:
                  tcp: { port: 0 }
                  sinks: [console]
              sinks:
                console: { log: { level: off } }
            """.formatted(data));
    }
}

package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.sluice.Application;
import dev.sluice.listener.CheckCommand;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import picocli.CommandLine;

/** Every configuration in {@code broken/}: what a start says about it, and what the check command does. */
@Isolated("what is printed is captured")
@ExtendWith(OutputCaptureExtension.class)
final class BrokenConfigurationTests {

    static Stream<Broken> broken() throws IOException {
        return Broken.all();
    }

    static Stream<Broken> ours() throws IOException {
        return Broken.all().filter(Broken::isOurs);
    }

    @ParameterizedTest
    @MethodSource("ours")
    void aStartEndsWithOneReport(Broken broken, CapturedOutput output) {
        Throwable failure = catchThrowable(() -> new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .bannerMode(Banner.Mode.OFF)
                .run("--spring.config.location=" + broken.file())
                .close());

        assertThat(failure).as("The failure of the start").isNotNull();
        assertThat(broken.comparable(output.getAll().lines().toList()))
                .as("Report")
                .contains("APPLICATION FAILED TO START")
                .containsSubsequence(broken.expected());
        assertThat(output.getAll())
                .contains(
                        broken.expected().size() == 1
                                ? "has a problem:"
                                : "has " + broken.expected().size() + " problems:")
                .as("No stack trace")
                .doesNotContain("\tat ", "Exception");
    }

    @ParameterizedTest
    @MethodSource("broken")
    void theCheckCommandSaysTheSame(Broken broken) {
        StringWriter out = new StringWriter();
        StringWriter err = new StringWriter();

        int exitCode = new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(err))
                .execute(broken.file().toString());

        List<String> lines = out.toString().lines().toList();
        assertThat(lines.getFirst())
                .startsWith(broken.file() + ": not valid: " + broken.expected().size() + " problem");
        assertThat(broken.comparable(lines.subList(1, lines.size()))).isEqualTo(broken.expected());
        assertThat(err.toString()).isEmpty();
        assertThat(exitCode).isEqualTo(1);
    }
}

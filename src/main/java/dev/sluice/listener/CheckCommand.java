package dev.sluice.listener;

import dev.sluice.listener.configuration.ConfigurationReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether a configuration is valid, without starting anything or binding a port. */
@Command(
        name = "check",
        description = "Says whether a configuration is valid, without binding a port.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:valid", "1:not valid", "2:usage"})
public final class CheckCommand implements Callable<Integer> {

    private static final Path OPERATORS = Path.of("config", "application.yml");

    @Parameters(
            arity = "0..1",
            paramLabel = "FILE",
            description = "YAML to check; if absent, all that the service would read here.")
    private @Nullable Path file;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    @SuppressWarnings("UnusedVariable") // picocli prints it by itself
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        LoggingSystem.get(getClass().getClassLoader()).beforeInitialize(); // silent until set up, which it never is
        Path checked = file != null ? file : OPERATORS;
        if (!Files.isRegularFile(checked)) {
            spec.commandLine().getErr().println(checked + ": there is no such file");
            return ExitCode.USAGE;
        }
        ConfigurationReport report = ConfigurationReport.of(checked.toString(), file);
        report.lines().forEach(spec.commandLine().getOut()::println);
        return report.valid() ? ExitCode.OK : ExitCode.SOFTWARE;
    }
}

package dev.sluice.listener;

import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.listener.configuration.TriedListener;
import dev.sluice.transport.framing.FramingProperties;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows what a listener, or a protocol, makes of bytes, without a port. */
@Command(
        name = "try",
        description =
                "Shows what a listener or a protocol makes of bytes, without a port: frame, checksum, rule, fields,"
                        + " identity and answer.",
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:all bytes are messages", "1:not all are, or the configuration is not valid", "2:usage"})
public final class TryCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "NAME", description = "A listener of the configuration, or a protocol.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String name;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "HEX",
            description = "What a device sends, in hex; each a read, or a datagram. All come over one connection.")
    private List<String> sent = List.of();

    @Option(names = "--text", description = "What is sent is text, with \\r \\n \\t \\0 \\\\ and \\xHH, in UTF-8.")
    private boolean text;

    @Option(
            names = "--lines",
            paramLabel = "FILE",
            description =
                    "Takes a connection from each line of a file in place of arguments; '#' begins a comment. Only"
                            + " what is not whole or fits no rule is shown, and a sum.")
    private @Nullable Path lines;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "YAML to read; if absent, all that the service would read here.")
    private @Nullable Path config;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    @SuppressWarnings("UnusedVariable") // picocli prints it by itself
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    @Override
    public Integer call() {
        LoggingSystem.get(getClass().getClassLoader()).beforeInitialize(); // silent until set up, which it never is
        PrintWriter out = spec.commandLine().getOut();
        PrintWriter err = spec.commandLine().getErr();
        if (sent.isEmpty() == (lines == null)) {
            err.println("Give what a device sends, in hex, or --lines FILE.");
            return ExitCode.USAGE;
        }
        try {
            TriedListener tried = TriedListener.find(name, config);
            return lines == null ? show(tried, out) : sum(tried, Files.readAllLines(lines), out);
        } catch (ConfigurationException ex) {
            ex.problems().forEach(problem -> err.println(problem.toString()));
            return ExitCode.SOFTWARE;
        } catch (IllegalArgumentException ex) {
            err.println(ex.getMessage());
            return ExitCode.USAGE;
        } catch (IOException ex) {
            err.println(lines + ": cannot be read: " + ex.getMessage());
            return ExitCode.USAGE;
        }
    }

    private int show(TriedListener tried, PrintWriter out) {
        Trial trial = Trial.of(tried);
        boolean all = true;
        for (String one : sent) {
            for (Trial.Outcome outcome : trial.read(bytes(one))) {
                outcome.lines().forEach(out::println);
                out.println();
                all &= outcome.whole();
            }
        }
        for (Trial.Outcome left : trial.end()) {
            left.lines().forEach(out::println);
            all &= left.whole();
        }
        return all ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private int sum(TriedListener tried, List<String> connections, PrintWriter out) {
        int frames = 0;
        int whole = 0;
        int ruled = 0;
        for (int i = 0; i < connections.size(); i++) {
            String line = connections.get(i).strip();
            if (line.isEmpty() || line.startsWith("#")) {
                continue;
            }
            Trial trial = Trial.of(tried);
            for (List<Trial.Outcome> outcomes : List.of(trial.read(bytes(line)), trial.end())) {
                for (Trial.Outcome outcome : outcomes) {
                    frames++;
                    whole += outcome.whole() ? 1 : 0;
                    ruled += outcome.ruled() ? 1 : 0;
                    if (!outcome.whole() || !outcome.ruled()) {
                        out.println("line " + (i + 1) + ": " + outcome.lines().getFirst());
                    }
                }
            }
        }
        out.println(frames + " frames, " + whole + " whole with a right checksum, or none; a rule fits " + ruled);
        return whole == frames ? ExitCode.OK : ExitCode.SOFTWARE;
    }

    private byte[] bytes(String argument) {
        if (text) {
            return FramingProperties.unescape(argument);
        }
        try {
            return HexFormat.of().parseHex(argument.replaceAll("\\s|^0x", ""));
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException(
                    "'" + argument + "' is not hex. Write two digits for each byte, or --text", ex);
        }
    }
}

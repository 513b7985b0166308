package dev.sluice;

import dev.sluice.client.ClientCommand;
import dev.sluice.client.ClientStreams;
import dev.sluice.client.PlainFactory;
import dev.sluice.client.UsageErrors;
import dev.sluice.client.status.StatusCommand;
import dev.sluice.listener.CheckCommand;
import dev.sluice.listener.TryCommand;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the jar does besides being the service. Nothing on the way to a command loads Spring's context. */
final class Commands {

    /** Options that are ours, not Spring's. */
    private static final Set<String> OPTIONS = Set.of("--help", "--version");

    private Commands() {}

    /** Returns whether there is a word besides Spring's options: a command, or one that is unknown. */
    static boolean asked(String[] args) {
        return args.length > 0 && OPTIONS.contains(args[0]) || Stream.of(args).anyMatch(Commands::isWord);
    }

    /** An empty argument is what a variable that is not set leaves behind. */
    private static boolean isWord(String arg) {
        return !arg.isBlank() && !arg.startsWith("--");
    }

    /** Returns the exit code. */
    static int run(String[] args) {
        ClientStreams streams = ClientStreams.standard();
        CommandLine root = new CommandLine(spec(), new PlainFactory())
                .addSubcommand(new ClientCommand(streams).toCommandLine())
                .addSubcommand(new CheckCommand())
                .addSubcommand(new TryCommand())
                .addSubcommand(new StatusCommand(streams.terminal()))
                .setOut(streams.outWriter())
                .setErr(streams.errWriter())
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(new UsageErrors());
        String[] typed = CommandArguments.asTyped(args);
        if (!isWord(typed[0]) && !OPTIONS.contains(typed[0])) {
            return misplaced(
                    Stream.of(typed).filter(Commands::isWord).findFirst().orElse(""), root);
        }
        return root.execute(typed);
    }

    private static int misplaced(String word, CommandLine root) {
        root.getErr()
                .println("'" + word
                        + "' stands behind options of the service, which are --KEY=VALUE; a command comes first."
                        + " See '" + root.getCommandName() + " --help'.");
        return ExitCode.USAGE;
    }

    private static CommandSpec spec() {
        CommandSpec spec = CommandSpec.wrapWithoutInspection(new Object(), new PlainFactory())
                .name("java -jar sluice.jar")
                .versionProvider(new Version())
                .addOption(OptionSpec.builder("--help")
                        .usageHelp(true)
                        .description("Print this.")
                        .build())
                .addOption(OptionSpec.builder("--version")
                        .versionHelp(true)
                        .description("Print the version.")
                        .build());
        spec.usageMessage()
                .description("Managed TCP and UDP listeners. Without a command it is the service, configured by "
                        + "config/application.yml; every key of that can be given as --KEY=VALUE, too.")
                .commandListHeading("%nCommands:%n");
        return spec;
    }

    /** As the build has written it down. */
    static final class Version implements IVersionProvider {

        @Override
        public String[] getVersion() throws IOException {
            Properties build = new Properties();
            try (InputStream in = Commands.class.getResourceAsStream("/META-INF/build-info.properties")) {
                if (in != null) {
                    build.load(in);
                }
            }
            return new String[] {"sluice " + build.getProperty("build.version", "(not built by Maven)")};
        }
    }
}

package dev.sluice;

import dev.sluice.client.ClientCommand;
import dev.sluice.client.ClientStreams;
import dev.sluice.client.PlainFactory;
import dev.sluice.client.UsageErrors;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/** What the jar does besides being the service. Nothing on the way to a command loads Spring's context. */
@Command(
        name = "java -jar sluice.jar",
        description = {
            "Managed TCP and UDP listeners.",
            "Without a command it is the service, configured by config/application.yml; every key can be given as "
                    + "--key=value, too."
        },
        mixinStandardHelpOptions = true,
        synopsisHeading = "%nUsage: ",
        commandListHeading = "%nCommands:%n")
final class Commands {

    /** First arguments that are ours, not Spring's. */
    static final Set<String> NAMES = Set.of("client", "check", "--help", "--version");

    private Commands() {}

    /** Returns the exit code. */
    static int run(String[] args) {
        ClientStreams streams = ClientStreams.standard();
        CommandLine root = new CommandLine(new Commands(), new PlainFactory())
                .addSubcommand(new ClientCommand(streams).toCommandLine())
                .setOut(streams.outWriter())
                .setErr(streams.errWriter())
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(new UsageErrors());
        root.getCommandSpec().versionProvider(new Version());
        return root.execute(CommandArguments.asTyped(args));
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

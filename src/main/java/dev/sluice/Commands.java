package dev.sluice;

import dev.sluice.client.ClientCommand;
import dev.sluice.client.ClientStreams;
import dev.sluice.client.PlainFactory;
import dev.sluice.client.UsageErrors;
import dev.sluice.listener.CheckCommand;
import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What the jar does besides being the service. Nothing on the way to a command loads Spring's context. */
final class Commands {

    /** First arguments that are ours, not Spring's. */
    static final Set<String> NAMES = Set.of("client", "check", "--help", "--version");

    private Commands() {}

    /** Returns the exit code. */
    static int run(String[] args) {
        ClientStreams streams = ClientStreams.standard();
        CommandLine root = new CommandLine(spec(), new PlainFactory())
                .addSubcommand(new ClientCommand(streams).toCommandLine())
                .addSubcommand(new CheckCommand())
                .setOut(streams.outWriter())
                .setErr(streams.errWriter())
                .setExpandAtFiles(false)
                .setParameterExceptionHandler(new UsageErrors());
        return root.execute(CommandArguments.asTyped(args));
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

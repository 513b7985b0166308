package dev.sluice.client.status;

import dev.sluice.client.ClientFailure;
import java.io.Console;
import java.io.PrintWriter;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Shows what a running service is doing, and what of it needs attention. */
@Command(
        name = "status",
        description = "Shows the listeners of a running service, and what needs attention.",
        sortOptions = false,
        footer = {
            "",
            "The password comes from the environment variable SLUICE_PASSWORD, or is asked for. The role 'viewer' is"
                    + " enough."
        },
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:all is well",
            "1:the service cannot be reached, or does not let this user in",
            "2:usage",
            "4:something needs attention"
        })
public final class StatusCommand implements Callable<Integer> {

    /** The environment variable that holds the password. */
    static final String PASSWORD = "SLUICE_PASSWORD";

    private static final int NEEDS_ATTENTION = 4;
    private static final String CLEAR = "\u001b[H\u001b[2J";
    private static final long PAUSE_MILLIS = 2000;

    private final boolean terminal;

    @Parameters(
            arity = "0..1",
            paramLabel = "URL",
            defaultValue = "http://localhost:8080",
            description = "Of the management port; with a path if the endpoints are not below /actuator."
                    + " Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private URI url;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            defaultValue = "operator",
            description = "Who asks. Default: ${DEFAULT-VALUE}")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String user;

    @Option(
            names = "--cacert",
            paramLabel = "FILE",
            description = "Trust these certificates (PEM) instead of the system's.")
    private @Nullable Path authorities;

    @Option(names = "--watch", description = "Look again every two seconds, until interrupted.")
    private boolean watch;

    @Option(names = "--json", description = "Print JSON, a line each time.")
    private boolean json;

    @Option(names = "--help", usageHelp = true, description = "Print this.")
    @SuppressWarnings("UnusedVariable") // picocli prints it by itself
    private boolean help;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private CommandSpec spec;

    /**
     * @param terminal whether a person's terminal shows what is printed
     */
    public StatusCommand(boolean terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws InterruptedException {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Where Java looks for a resolver of names, say: not in every jar within ours, none of which has any.
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try (Management management = Management.at(checked(url), user, password(), Optional.ofNullable(authorities))) {
            return watch ? watch(management) : print(Snapshot.of(management), Optional.empty(), management.url());
        } catch (ClientFailure ex) {
            spec.commandLine().getErr().println(ex.getMessage());
            return ex.exitCode();
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private static URI checked(URI url) throws ClientFailure {
        String scheme = String.valueOf(url.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https") || url.getHost() == null) {
            throw ClientFailure.usage("'" + url + "' is no URL of a service. Write one such as http://localhost:8080.");
        }
        if (url.getRawUserInfo() != null) {
            throw ClientFailure.usage(
                    "A password in the URL is seen by everybody on this machine. Give --user NAME, and"
                            + " the password in " + PASSWORD + ".");
        }
        return url;
    }

    /** Never an argument, which everybody on the machine can see. */
    @SuppressWarnings("SystemConsoleNull") // NullAway thinks otherwise
    private String password() throws ClientFailure {
        String said = System.getenv(PASSWORD);
        if (said != null) {
            return said;
        }
        Console console = System.console();
        char[] typed = console != null && console.isTerminal() ? console.readPassword("Password of %s: ", user) : null;
        if (typed == null) {
            throw ClientFailure.usage("The password of '" + user + "' is missing. Set " + PASSWORD + ".");
        }
        return new String(typed);
    }

    /** A service that is away for a while is watched on. */
    private int watch(Management management) throws InterruptedException {
        Optional<Snapshot> before = Optional.empty();
        while (!spec.commandLine().getOut().checkError()) { // who reads it may have gone
            try {
                Snapshot now = Snapshot.of(management);
                int _ = print(now, before, management.url());
                before = Optional.of(now);
            } catch (ClientFailure ex) {
                before = Optional.empty();
                spec.commandLine().getErr().println(ex.getMessage());
            }
            Thread.sleep(PAUSE_MILLIS);
        }
        return ExitCode.OK;
    }

    private int print(Snapshot now, Optional<Snapshot> before, String source) {
        PrintWriter out = spec.commandLine().getOut();
        List<String> attention = Attention.in(now);
        if (json) {
            out.println(toJson(now, attention, source));
        } else {
            List<String> lines = Overview.lines(now, before, attention);
            out.print(watch && terminal ? CLEAR : "");
            out.println(String.join(System.lineSeparator(), lines) + (watch ? System.lineSeparator() : ""));
        }
        out.flush();
        return attention.isEmpty() ? ExitCode.OK : NEEDS_ATTENTION;
    }

    private static String toJson(Snapshot now, List<String> attention, String source) {
        ObjectNode json = new JsonMapper().createObjectNode().put("url", source);
        attention.forEach(json.putArray("attention")::add);
        json.set("listeners", now.listeners());
        json.set("spools", now.spools());
        json.set("health", now.health());
        now.reload().ifPresent(reload -> json.set("reload", reload));
        return json.toString();
    }
}

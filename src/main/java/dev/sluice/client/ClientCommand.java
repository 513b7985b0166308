package dev.sluice.client;

import dev.sluice.transport.framing.FramingProperties;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.springframework.util.unit.DataSize;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/** {@code client HOST PORT}: sends messages to a server and prints its answers. */
public final class ClientCommand implements Callable<Integer> {

    /** What a simple client reads of a greeting. */
    private static final int GREETING_SIZE = 1024;

    private final ClientStreams streams;
    private final ClientOptions options;
    private final CommandSpec spec;

    public ClientCommand(ClientStreams streams) {
        this.streams = streams;
        this.spec = CommandSpec.wrapWithoutInspection(this, new PlainFactory()).name("client");
        this.options = new ClientOptions(spec);
        spec.usageMessage()
                .description(ClientHelp.DESCRIPTION)
                .footer(ClientHelp.footer())
                .sortOptions(false)
                .autoWidth(true);
    }

    /** The command as picocli runs it, alone or below another. */
    public CommandLine toCommandLine() {
        return new CommandLine(spec, new PlainFactory())
                .registerConverter(Duration.class, new TimeoutConverter())
                .registerConverter(Charset.class, new CharsetConverter())
                .registerConverter(DataSize.class, new FramingOptions.SizeConverter())
                .registerConverter(FramingProperties.Type.class, new FramingOptions.TypeConverter())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false)
                .setOut(streams.outWriter())
                .setErr(streams.errWriter())
                .setParameterExceptionHandler(new UsageErrors());
    }

    @Override
    public Integer call() {
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        // Where Java looks for a resolver of names, say: not in every jar within ours, none of which has any.
        thread.setContextClassLoader(ClassLoader.getSystemClassLoader());
        try {
            run();
            return ClientFailure.DONE;
        } catch (ClientFailure ex) {
            streams.errWriter().println(ex.getMessage());
            return ex.exitCode();
        } catch (OutOfMemoryError ex) {
            streams.errWriter().println("Not enough memory. Give a smaller --max-size, or Java more of it (-Xmx).");
            return ClientFailure.BROKEN;
        } finally {
            thread.setContextClassLoader(before);
        }
    }

    private void run() throws ClientFailure {
        Plan plan = options.toPlan(streams.in());
        AnswerPrinter printer = new AnswerPrinter(streams.out(), plan.charset(), plan.hex(), streams.terminal());
        Exchange exchange = new Exchange(plan.peer(), plan.messages(), plan.count(), printer);
        if (plan.transport() == Plan.Transport.UDP) {
            new UdpExchange(exchange).run();
            return;
        }
        Optional<TlsUpgrade> tls = plan.transport() == Plan.Transport.TLS
                ? Optional.of(TlsUpgrade.of(plan.authorities(), plan.insecure()))
                : Optional.empty();
        try (Socket socket = new TcpConnector(plan.peer(), tls).connect()) {
            converse(plan, exchange, socket);
        } catch (IOException ex) {
            throw plan.peer().brokenOff(ex, "at its end");
        }
    }

    private static void converse(Plan plan, Exchange exchange, Socket socket) throws IOException, ClientFailure {
        if (plan.greeting() != Plan.Greet.NO) {
            boolean only = plan.greeting() == Plan.Greet.ONLY;
            byte[] greeting = new Greeting(plan.peer(), plan.charset())
                    .receive(socket, only ? GREETING_SIZE : plan.frames().maxSize(), !only);
            exchange.printer().greeting(greeting);
            exchange.printer().flush();
        }
        if (plan.greeting() != Plan.Greet.ONLY) {
            new TcpExchange(exchange, socket, plan.frames()).run();
        }
    }
}

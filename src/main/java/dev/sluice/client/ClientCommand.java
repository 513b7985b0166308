package dev.sluice.client;

import dev.sluice.client.Messages.Cutting;
import dev.sluice.client.Messages.Source;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code client HOST PORT}: sends messages to a server and prints its answers. */
@Command(
        name = "client",
        description = "The other end of a socket: sends messages to a server and prints its answers.",
        sortOptions = false,
        mixinStandardHelpOptions = false,
        usageHelpAutoWidth = true,
        footer = {
            "",
            "Messages are the arguments after HOST PORT (behind -- if they begin with a dash), then the files; with "
                    + "neither, standard input: line by line if --framing is line, crlf, nul, delimited or octet-counted, "
                    + "or with --udp; else all of it as one message. With line, raw and until-close it is passed on as "
                    + "it comes, however long.",
            "",
            "When all is sent, the client ends its side of the connection and prints until the server ends its own. With "
                    + "--count N it keeps its side open and ends after N answers. With --udp it ends after N answers, by "
                    + "default one for each message.",
            "",
            "Answers are printed in UTF-8, each as a line of its own; with --framing raw as they come. Towards a terminal, "
                    + "control characters are shown as \\x1B; a pipe or a file gets them as they are.",
            "",
            "A greeting is not framed: without --greeting it is glued to the first answer.",
            "",
            "Exit codes: 0 done, 1 refused or broken off, 2 usage, 3 timed out.",
            "",
            "Examples:",
            "  java -jar sluice.jar client localhost 8888 --wait",
            "  java -jar sluice.jar client localhost 8888 --greeting hello world",
            "  java -jar sluice.jar client localhost 2575 --framing mllp --file adt.hl7 --count 1",
            "  java -jar sluice.jar client localhost 5140 --udp --count 0 'one way'"
        })
public final class ClientCommand implements Callable<Integer> {

    /** What a simple client reads of a greeting. */
    private static final int GREETING_SIZE = 1024;

    private final ClientStreams streams;

    @Parameters(index = "0", paramLabel = "HOST", description = "A name, or an IPv4 or IPv6 address.")
    private String host = "";

    @Parameters(index = "1", paramLabel = "PORT", description = "1 to 65535.")
    private int port;

    @Parameters(index = "2..*", paramLabel = "MESSAGE", description = "Each is sent as one message.")
    private List<String> arguments = List.of();

    @Option(
            names = "--file",
            paramLabel = "FILE",
            description = "Send this file as one message, byte for byte; may be given again. With --framing line or crlf "
                    + "it is ended by a line break if it lacks one.")
    private List<Path> files = List.of();

    @Option(names = "--udp", description = "Use UDP: each message is a datagram.")
    private boolean udp;

    @Option(names = "--tls", description = "Use TLS. The certificate must be for HOST and trusted by this Java.")
    private boolean tls;

    @Option(names = "--ca", paramLabel = "FILE", description = "Trust these certificates (PEM) instead.")
    private @Nullable Path authorities;

    @Option(names = "--insecure", description = "Trust any certificate. Others can then listen in.")
    private boolean insecure;

    @Mixin
    private FramingOptions framingOptions = new FramingOptions();

    @Option(
            names = "--timeout",
            paramLabel = "DURATION",
            defaultValue = "10s",
            description = "To connect, and for each wait for an answer: 500ms, 5s, 2m, PT5S. Default: ${DEFAULT-VALUE}.")
    private Duration timeout = Duration.ofSeconds(10);

    @Option(
            names = "--wait",
            description = "Only print the greeting, at most 1024 bytes of what the server says first, and close.")
    private boolean greetingOnly;

    @Option(
            names = "--greeting",
            description = "Before sending, wait for the server's greeting and print it on a line of its own.")
    private boolean greeting;

    @Option(
            names = "--count",
            paramLabel = "N",
            description = "End after N answers; fewer are an error. 0: print none.")
    private @Nullable Long count;

    @Option(
            names = "--charset",
            paramLabel = "NAME",
            defaultValue = "UTF-8",
            description = "Of arguments and answers. Default: ${DEFAULT-VALUE}.")
    private Charset charset = Charset.defaultCharset();

    @Option(names = "--hex", description = "Print answers as hexadecimal digits, two a byte, in lower case.")
    private boolean hex;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Print this.")
    private boolean help;

    public ClientCommand(ClientStreams streams) {
        this.streams = streams;
    }

    /** The command as picocli runs it, alone or below another. */
    public CommandLine toCommandLine() {
        return new CommandLine(this, new PlainFactory())
                .registerConverter(Duration.class, new TimeoutConverter())
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
        try {
            run();
            return ClientFailure.DONE;
        } catch (ClientFailure ex) {
            streams.errWriter().println(ex.getMessage());
            return ex.exitCode();
        } catch (OutOfMemoryError ex) {
            streams.errWriter().println("Not enough memory. Give a smaller --max-size, or Java more of it (-Xmx).");
            return ClientFailure.broken("").exitCode();
        }
    }

    private void run() throws ClientFailure {
        checkOptions();
        Peer peer = new Peer(host, port, timeout);
        Frames frames = framingOptions.toFrames();
        AnswerPrinter printer = new AnswerPrinter(streams.out(), charset, hex, streams.terminal());
        Messages messages = messages(frames);
        messages.check();
        OptionalLong wanted = count == null ? OptionalLong.empty() : OptionalLong.of(count);
        Exchange exchange = new Exchange(peer, messages, wanted, printer);
        if (udp) {
            new UdpExchange(exchange).run();
        } else {
            overTcp(exchange, frames);
        }
    }

    private void overTcp(Exchange exchange, Frames frames) throws ClientFailure {
        checkArguments(exchange.messages(), frames.framing());
        Optional<TlsUpgrade> upgrade =
                tls ? Optional.of(TlsUpgrade.of(Optional.ofNullable(authorities), insecure)) : Optional.empty();
        Peer peer = exchange.peer();
        try (Socket socket = new TcpConnector(peer, upgrade).connect()) {
            if (greetingOnly || greeting) {
                byte[] text = new Greeting(peer, charset)
                        .receive(socket, greetingOnly ? GREETING_SIZE : frames.maxSize(), greeting);
                exchange.printer().greeting(text);
                exchange.printer().flush();
            }
            if (!greetingOnly) {
                new TcpExchange(exchange, socket, frames).run();
            }
        } catch (IOException ex) {
            throw peer.brokenOff(ex, "at its end");
        }
    }

    private void checkOptions() throws ClientFailure {
        require(!host.isBlank(), "HOST is empty. Give a name or an address.");
        require(port >= 1 && port <= 65_535, "PORT is " + port + ". It must be from 1 to 65535.");
        require(count == null || count >= 0, "--count is " + count + ". It must be 0 or more.");
        require(!udp || !tls, "--tls and --udp exclude each other. TLS needs TCP.");
        require(tls || !insecure && authorities == null, "--insecure and --ca belong to --tls. Add it.");
        require(!insecure || authorities == null, "--insecure and --ca exclude each other. Choose one.");
        require(!udp || !greetingOnly && !greeting, "--wait and --greeting need TCP. A UDP server speaks when spoken to.");
        require(!udp || framingOptions.isLine(), "--framing needs TCP. A UDP datagram is one message.");
        require(!greetingOnly || !greeting, "--wait and --greeting exclude each other. Choose one.");
        require(
                !greetingOnly || arguments.isEmpty() && files.isEmpty() && count == null,
                "--wait sends nothing and counts no answers. Use --greeting to do so after the greeting.");
    }

    private static void require(boolean condition, String otherwise) throws ClientFailure {
        if (!condition) {
            throw ClientFailure.usage(otherwise);
        }
    }

    private Messages messages(Frames frames) {
        Optional<InputStream> input =
                arguments.isEmpty() && files.isEmpty() ? Optional.of(streams.in()) : Optional.empty();
        Cutting cutting =
                udp ? new Cutting(Optional.empty(), Source.LINES, UdpExchange.MAX_SIZE) : frames.cutting();
        return new Messages(
                arguments.stream().map(text -> text.getBytes(charset)).toList(), files, input, cutting);
    }

    /** Better now than when half of it is sent. */
    private static void checkArguments(Messages messages, Framing framing) throws ClientFailure {
        long number = 0;
        for (byte[] argument : messages.arguments()) {
            TcpWriter.encode(framing, argument, ++number, new FrameBuffer());
        }
    }
}

package dev.sluice.client;

import dev.sluice.client.Messages.Cutting;
import dev.sluice.client.Messages.Source;
import dev.sluice.client.Plan.Greet;
import dev.sluice.client.Plan.Transport;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.InputStream;
import java.nio.charset.Charset;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** What {@code client} understands. What cannot be is refused before anything is connected or sent. */
final class ClientOptions {

    private final ArgSpec host;
    private final ArgSpec port;
    private final ArgSpec arguments;
    private final OptionSpec files;
    private final OptionSpec udp;
    private final OptionSpec tls;
    private final OptionSpec authorities;
    private final OptionSpec insecure;
    private final FramingOptions framing;
    private final OptionSpec timeout;
    private final OptionSpec greetingOnly;
    private final OptionSpec greeting;
    private final OptionSpec count;
    private final OptionSpec charset;
    private final OptionSpec hex;
    private final OptionSpec sendHex;

    ClientOptions(CommandSpec spec) {
        Options options = new Options(spec);
        host = options.argument(0, "HOST", String.class, "A name, or an IPv4 or IPv6 address.");
        port = options.argument(1, "PORT", Integer.class, "1 to 65535.");
        arguments = options.rest(2, "MESSAGE", "Each is sent as one message.");
        files = options.values(
                "--file",
                "FILE",
                Path.class,
                "Send this file as one message, byte for byte; may be given "
                        + "again. With --framing line or crlf it is ended by a line break if it lacks one.");
        udp = options.flag("--udp", "Use UDP: each message is a datagram.");
        tls = options.flag("--tls", "Use TLS. The certificate must be for HOST and trusted by this Java.");
        authorities = options.value("--ca", "FILE", Path.class, "Trust these certificates (PEM) instead.");
        insecure = options.flag("--insecure", "Trust any certificate. Others can then listen in.");
        framing = new FramingOptions(options);
        timeout = options.value(
                "--timeout",
                "DURATION",
                Duration.class,
                "10s",
                "To connect, and for each wait for an answer: 500ms, 5s, 2m, PT5S. Default: 10s.");
        greetingOnly = options.flag(
                "--wait", "Only print the greeting, at most 1024 bytes of what the server says first, and close.");
        greeting = options.flag(
                "--greeting", "Before sending, wait for the server's greeting and print it on a line of its own.");
        count = options.value("--count", "N", Long.class, "End after N answers; fewer are an error. 0: print none.");
        charset =
                options.value("--charset", "NAME", Charset.class, "UTF-8", "Of arguments and answers. Default: UTF-8.");
        sendHex = options.flag(
                "--send-hex",
                "MESSAGEs are hexadecimal digits, two a byte; spaces, colons and dashes are passed over.");
        hex = options.flag("--hex", "Print answers as hexadecimal digits, two a byte, in lower case.");
        options.help();
    }

    Plan toPlan(InputStream standardInput) throws ClientFailure {
        check();
        Frames frames = framing.toFrames();
        Messages messages = messages(frames, standardInput);
        messages.check();
        if (transport() != Transport.UDP) {
            checkArguments(messages, frames.framing());
        }
        Optional<Long> wanted = Options.given(count);
        return new Plan(
                new Peer(host.getValue(), port.getValue(), timeout.getValue()),
                transport(),
                Options.given(authorities),
                insecure.getValue(),
                frames,
                messages,
                is(greetingOnly) ? Greet.ONLY : is(greeting) ? Greet.FIRST : Greet.NO,
                wanted.map(OptionalLong::of).orElse(OptionalLong.empty()),
                charset.getValue(),
                hex.getValue());
    }

    private static boolean is(OptionSpec flag) {
        return flag.getValue();
    }

    private static <T> List<T> list(ArgSpec option) {
        List<T> values = option.getValue();
        return values == null ? List.of() : List.copyOf(values);
    }

    private Transport transport() {
        return is(udp) ? Transport.UDP : is(tls) ? Transport.TLS : Transport.TCP;
    }

    private void check() throws ClientFailure {
        int number = port.getValue();
        boolean sending = !list(arguments).isEmpty() || !list(files).isEmpty();
        Optional<Long> wanted = Options.given(count);
        boolean ca = Options.given(authorities).isPresent();
        require(!host.<String>getValue().isBlank(), "HOST is empty. Give a name or an address.");
        require(number >= 1 && number <= 65_535, "PORT is " + number + ". It must be from 1 to 65535.");
        require(wanted.orElse(0L) >= 0, "--count is " + wanted.orElse(0L) + ". It must be 0 or more.");
        require(!is(udp) || !is(tls), "--tls and --udp exclude each other. TLS needs TCP.");
        require(is(tls) || !is(insecure) && !ca, "--insecure and --ca belong to --tls. Add it.");
        require(!is(insecure) || !ca, "--insecure and --ca exclude each other. Choose one.");
        require(
                !is(udp) || !is(greetingOnly) && !is(greeting),
                "--wait and --greeting need TCP. A UDP server speaks when spoken to.");
        require(!is(udp) || framing.isLine(), "--framing needs TCP. A UDP datagram is one message.");
        require(
                !is(sendHex) || !list(arguments).isEmpty(),
                "--send-hex is for messages that are arguments, and there are none. Give one, such as '7878 0D0A'.");
        require(!is(greetingOnly) || !is(greeting), "--wait and --greeting exclude each other. Choose one.");
        require(
                !is(greetingOnly) || !sending && wanted.isEmpty(),
                "--wait sends nothing and counts no answers. Use --greeting to do so after the greeting.");
    }

    private static void require(boolean condition, String otherwise) throws ClientFailure {
        if (!condition) {
            throw ClientFailure.usage(otherwise);
        }
    }

    private Messages messages(Frames frames, InputStream standardInput) throws ClientFailure {
        List<String> texts = list(arguments);
        List<Path> paths = list(files);
        Optional<InputStream> input =
                texts.isEmpty() && paths.isEmpty() ? Optional.of(standardInput) : Optional.empty();
        Cutting cutting =
                is(udp) ? new Cutting(Optional.empty(), Source.LINES, UdpExchange.MAX_SIZE) : frames.cutting();
        List<byte[]> messages = new ArrayList<>();
        for (String text : texts) {
            messages.add(is(sendHex) ? bytes(text) : text.getBytes(charset.<Charset>getValue()));
        }
        return new Messages(messages, paths, input, cutting);
    }

    private static byte[] bytes(String hex) throws ClientFailure {
        try {
            return HexFormat.of().parseHex(hex.replaceAll("[\\s:-]", ""));
        } catch (IllegalArgumentException ex) {
            throw ClientFailure.usage(
                    "--send-hex: '" + hex + "' is not hexadecimal digits, two a byte, such as 7878 0D0A.");
        }
    }

    /** Better now than when half of it is sent. */
    private static void checkArguments(Messages messages, Framing framing) throws ClientFailure {
        long number = 0;
        for (byte[] argument : messages.arguments()) {
            TcpWriter.encode(framing, argument, ++number, new FrameBuffer());
        }
    }
}

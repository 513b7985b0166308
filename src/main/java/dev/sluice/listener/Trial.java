package dev.sluice.listener;

import dev.sluice.handler.Handler;
import dev.sluice.handler.Handlers;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.ListenerProtocol;
import dev.sluice.listener.configuration.TriedListener;
import dev.sluice.message.Fields;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.Found;
import dev.sluice.protocol.Rule;
import dev.sluice.protocol.RuleProperties.Shape;
import dev.sluice.protocol.Rules;
import dev.sluice.text.Visible;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.framing.FrameDecoder;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One connection that bytes are tried on. Used by one thread. */
final class Trial {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();
    private static final int MOST_SHOWN = 400;

    /**
     * What became of some bytes.
     *
     * @param lines for people
     * @param whole whether they are a message, with a right checksum if there is one
     * @param ruled whether a rule fits it
     * @param fields what the rule finds
     * @param answer all that the device gets for it
     */
    record Outcome(List<String> lines, boolean whole, boolean ruled, Map<String, String> fields, byte[] answer) {

        static Outcome lost(List<String> lines) {
            return new Outcome(lines, false, false, Map.of(), new byte[0]);
        }
    }

    private final ListenerProperties listener;
    private final @Nullable FrameDecoder decoder;
    private final ServiceActivation handling;
    private final TriedPeer peer;
    private final LongSupplier clock;
    private byte[] left = {};
    private boolean broken;
    private long sequence;

    static Trial of(TriedListener tried) {
        return new Trial(tried, "tried", System::currentTimeMillis);
    }

    /**
     * @param connection its id
     * @param clock tells when a read returns, in milliseconds since the epoch
     */
    Trial(TriedListener tried, String connection, LongSupplier clock) {
        this.clock = clock;
        this.listener = tried.listener();
        Framing framing = listener.framing().toFraming();
        this.decoder = listener.udp() != null && ListenerProtocol.frames(listener.framing()) == null
                ? null
                : framing.newDecoder((int) listener.framing().maxSize().toBytes());
        Rules rules = ListenerProtocol.rules(listener, tried.protocols());
        Frames frames = ListenerProtocol.frames(listener.framing());
        Handler handler = Handlers.handler(
                rules,
                listener.identity(),
                frames,
                Handlers.handler(listener.reply(), listener.charset(), frames, Trial::bean, _ -> bean("")),
                new Traffic(),
                Trial::bean);
        this.handling =
                new ServiceActivation(handler, Handlers.onFailure(listener.reply(), listener.charset(), frames));
        this.peer = new TriedPeer(
                new Origin(
                        tried.name(),
                        connection,
                        connection,
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1)),
                handling,
                decoder == null ? new Framing.Raw() : framing,
                listener.udp() == null);
    }

    /** A bean is not made for a trial, and no back-end is asked. */
    private static Handler bean(String name) {
        return message -> null;
    }

    /** What a read has brought. */
    List<Outcome> read(byte[] bytes) {
        List<Outcome> outcomes = new ArrayList<>();
        if (decoder == null) {
            outcomes.add(message(bytes, "", true));
            return outcomes;
        }
        byte[] buffer = Arrays.copyOf(left, left.length + bytes.length);
        System.arraycopy(bytes, 0, buffer, left.length, bytes.length);
        int from = 0;
        while (!broken) {
            byte[] before = buffer.clone();
            Result result = decoder.decode(buffer, from, buffer.length);
            int next = decoder.next();
            switch (result) {
                case FRAME, MISMATCH ->
                    outcomes.add(message(
                            Arrays.copyOfRange(buffer, decoder.frameStart(), decoder.frameEnd()),
                            decoder.pattern(),
                            result == Result.FRAME));
                case OVERSIZE ->
                    outcomes.add(
                            lost("larger than max-size " + listener.framing().maxSize(), before, from));
                case BROKEN_OFF -> outcomes.add(lost("broken off, another frame begins", before, from));
                case MALFORMED -> {
                    outcomes.add(lost("malformed: " + decoder.problem(), before, from));
                    broken = true;
                }
                case MORE -> {
                    left = Arrays.copyOfRange(buffer, next, buffer.length);
                    return outcomes;
                }
            }
            from = next;
        }
        left = new byte[0];
        return outcomes;
    }

    /** The device ends the connection. */
    List<Outcome> end() {
        List<Outcome> outcomes = new ArrayList<>();
        if (decoder != null && left.length > 0 && !broken) {
            if (decoder.end(left, 0, left.length) == Result.FRAME) {
                outcomes.add(message(
                        Arrays.copyOfRange(left, decoder.frameStart(), decoder.frameEnd()), decoder.pattern(), true));
            } else {
                outcomes.add(lost("incomplete: more bytes are to come", left, 0));
            }
        }
        return outcomes;
    }

    private static Outcome lost(String why, byte[] buffer, int from) {
        return Outcome.lost(
                List.of(line("no frame", why), line("bytes", hex(Arrays.copyOfRange(buffer, from, buffer.length)))));
    }

    private Outcome message(byte[] payload, String frame, boolean intact) {
        List<String> lines = new ArrayList<>();
        String checksum = listener.framing().checksum();
        boolean checked = checksum != null && frame.contains("{checksum");
        String verdict = checked ? "      " + checksum + (intact ? ", right" : ", WRONG") : "";
        lines.add(line("frame", (frame.isEmpty() ? hex(payload) : frame) + verdict));
        if (!intact) {
            lines.add(line("bytes", hex(payload)));
            lines.add(line(
                    "dropped",
                    "checksum, by 'on-mismatch: "
                            + listener.framing().onMismatch().name().toLowerCase(Locale.ROOT) + "'"));
            return new Outcome(lines, false, false, Map.of(), refused(payload));
        }
        peer.begin();
        ReceivedMessage message = message(payload);
        handling.handle(message);
        Fields fields = message.fields();
        Rule rule = fields instanceof Found found ? found.which() : null;
        lines.add(line(
                "rule",
                rule == null
                        ? "none fits"
                        : "%-4s %s".formatted(rule.name(), shape(rule)).strip()));
        Map<String, String> values = new LinkedHashMap<>();
        fields.names().forEach(field -> values.put(field, Objects.requireNonNull(fields.text(field))));
        lines.add(line(
                "fields",
                values.isEmpty()
                        ? "none"
                        : values.entrySet().stream()
                                .map(field -> field.getKey() + " " + shown(field.getValue()))
                                .collect(Collectors.joining("  "))));
        lines.add(line("identity", Objects.requireNonNullElse(message.origin().identity(), "none")));
        lines.add(line("answer", peer.answer().length == 0 ? "none" : hex(peer.answer())));
        lines.add(line("forward", peer.isQuiet() ? "no" : peer.hasFailed() ? "no, it has failed" : "yes"));
        Peer.End end = peer.end();
        if (end != null) {
            lines.add(line("closed", end.name().toLowerCase(Locale.ROOT)));
        }
        return new Outcome(lines, true, rule != null, values, peer.answer());
    }

    /** What the device gets for a message whose checksum is wrong. */
    private byte[] refused(byte[] payload) {
        peer.begin();
        if (listener.framing().onMismatch() == OnMismatch.FAIL) {
            ReceivedMessage message = message(payload);
            byte[] answer = handling.failureAnswer(message, "checksum");
            if (answer != null) {
                message.reply(answer);
            }
        }
        return peer.answer();
    }

    private ReceivedMessage message(byte[] payload) {
        return new ReceivedMessage(payload, new PeerHeaders(Map.of()), peer, ++sequence, clock.getAsLong());
    }

    private static String shape(Rule rule) {
        Shape shape = rule.properties().match();
        if (shape == null) {
            return "fits all";
        }
        return shape.hex() != null
                ? shape.hex()
                : shown(Objects.requireNonNull(shape.text() != null ? shape.text() : shape.regex()));
    }

    private static String line(String what, String value) {
        return "%-8s %s".formatted(what, value);
    }

    private static String hex(byte[] bytes) {
        return shown(HEX.formatHex(bytes));
    }

    private static String shown(String text) {
        String visible = Visible.text(text);
        return visible.length() <= MOST_SHOWN ? visible : visible.substring(0, MOST_SHOWN) + "...";
    }

    /** Who the device is by now. */
    @Nullable
    String identity() {
        return peer.origin().identity();
    }
}

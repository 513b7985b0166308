package dev.sluice.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Text with placeholders such as {@code {sequence}}, parsed once and rendered for each message; a doubled brace is a
 * brace.
 */
public final class Template {

    /** What may stand between braces. */
    public enum Placeholder {
        LISTENER("listener"),
        CONNECTION("connection"),
        SEQUENCE("sequence"),
        ID("id"),
        REMOTE_ADDRESS("remote-address"),
        REMOTE_PORT("remote-port"),
        RECEIVED_AT("received-at"),
        DATE("date"),
        PAYLOAD("payload"),
        PAYLOAD_HEX("payload:hex"),
        PAYLOAD_BASE64("payload:base64"),
        REASON("reason"),
        IDENTITY("identity"),
        RULE("rule");

        private final String text;

        Placeholder(String text) {
            this.text = text;
        }

        /** Every name, as an operator writes it. */
        public static List<String> names() {
            return Stream.of(values()).map(placeholder -> placeholder.text).toList();
        }
    }

    private sealed interface Part {
        record Literal(byte[] bytes) implements Part {}

        record Value(Placeholder placeholder) implements Part {}

        /** What a rule has found; empty, or something else, where it has not. */
        record Field(String name, String otherwise) implements Part {}
    }

    private final List<Part> parts;
    private final Charset charset;

    private Template(List<Part> parts, Charset charset) {
        this.parts = parts;
        this.charset = charset;
    }

    /**
     * @param charset of all but {@code {payload}}, and of that as well if it is UTF-8 and the payload is text in
     *     another; UTF-16 is written big-endian and without byte order marks
     * @throws IllegalArgumentException naming the placeholder that does not exist ({@link UnknownNameException}), or
     *     the brace that is not closed
     */
    public static Template parse(String text, Charset charset) {
        return parse(text, charset, name -> false);
    }

    /**
     * Of what rules may have found something in.
     *
     * @param fields whether there is a field of such a name, written {@code {name}} or {@code {name|otherwise}}
     * @throws IllegalArgumentException naming the placeholder that does not exist ({@link UnknownNameException}), or
     *     the brace that is not closed
     */
    public static Template parse(String text, Charset charset, Predicate<String> fields) {
        // Parts are encoded one by one, and each would begin with a mark, which is a character amid text.
        Charset unmarked = charset.equals(StandardCharsets.UTF_16) ? StandardCharsets.UTF_16BE : charset;
        List<Part> parts = new ArrayList<>();
        StringBuilder literal = new StringBuilder();
        int i = 0;
        while (i < text.length()) {
            char c = text.charAt(i);
            if (c != '{') {
                literal.append(c);
                i++;
            } else if (text.startsWith("{{", i)) {
                literal.append('{');
                i += 2;
            } else {
                int end = text.indexOf('}', i);
                if (end < 0) {
                    throw new IllegalArgumentException("'{' is not closed; write '{{' for a brace");
                }
                addLiteral(parts, literal, unmarked);
                parts.add(value(text.substring(i + 1, end), fields));
                i = end + 1;
            }
        }
        addLiteral(parts, literal, unmarked);
        return new Template(List.copyOf(parts), unmarked);
    }

    private static void addLiteral(List<Part> parts, StringBuilder literal, Charset charset) {
        if (!literal.isEmpty()) {
            parts.add(new Part.Literal(literal.toString().getBytes(charset)));
            literal.setLength(0);
        }
    }

    private static Part value(String written, Predicate<String> fields) {
        for (Placeholder placeholder : Placeholder.values()) {
            if (placeholder.text.equals(written)) {
                return new Part.Value(placeholder);
            }
        }
        int bar = written.indexOf('|');
        String name = bar < 0 ? written : written.substring(0, bar);
        if (!fields.test(name)) {
            throw new UnknownNameException("placeholder", x -> "{" + x + "}", name, Placeholder.names());
        }
        return new Part.Field(name, written.substring(bar < 0 ? written.length() : bar + 1));
    }

    /** Renders without a reason: {@code {reason}} is empty. */
    public byte[] render(Envelope message) {
        return render(message, "");
    }

    /**
     * @param reason why the message was not accepted, for {@code {reason}}
     */
    public byte[] render(Envelope message, String reason) {
        return render(message, reason, UnaryOperator.identity());
    }

    /**
     * Renders without a reason, for where a value must not hold all that its message brings.
     *
     * @param filter what becomes of each value, {@code {payload}} as well; text of the template itself stays as it is
     */
    public byte[] render(Envelope message, UnaryOperator<byte[]> filter) {
        return render(message, "", filter);
    }

    /** Returns the text with this in place of each value. */
    public byte[] example(String value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        parts.forEach(part -> out.writeBytes(part instanceof Part.Literal(byte[] bytes) ? bytes : text(value)));
        return out.toByteArray();
    }

    /** Returns whether each message is rendered to the same. */
    public boolean isConstant() {
        return parts.stream().allMatch(Part.Literal.class::isInstance);
    }

    /** The placeholders that occur, which tell among which messages the rendered text is the same. */
    public Set<Placeholder> placeholders() {
        Set<Placeholder> placeholders = EnumSet.noneOf(Placeholder.class);
        for (Part part : parts) {
            if (part instanceof Part.Value(Placeholder placeholder)) {
                placeholders.add(placeholder);
            }
        }
        return placeholders;
    }

    /** The names of the fields that occur. */
    public Set<String> fields() {
        return parts.stream()
                .filter(Part.Field.class::isInstance)
                .map(part -> ((Part.Field) part).name())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private byte[] render(Envelope message, String reason, UnaryOperator<byte[]> filter) {
        if (parts.size() == 1 && parts.getFirst() instanceof Part.Literal(byte[] bytes)) {
            return bytes;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(64);
        for (Part part : parts) {
            out.writeBytes(
                    switch (part) {
                        case Part.Literal(byte[] bytes) -> bytes;
                        case Part.Value(Placeholder placeholder) -> filter.apply(value(placeholder, message, reason));
                        case Part.Field(String name, String otherwise) ->
                            filter.apply(text(
                                    Objects.requireNonNullElse(message.fields().text(name), otherwise)));
                    });
        }
        return out.toByteArray();
    }

    private byte[] value(Placeholder placeholder, Envelope message, String reason) {
        byte[] payload = message.getPayload();
        return switch (placeholder) {
            case LISTENER -> text(message.origin().listener());
            case CONNECTION -> text(message.origin().connection());
            case SEQUENCE -> text(Long.toString(message.sequence()));
            case ID -> text(message.id());
            case REMOTE_ADDRESS -> text(message.origin().remoteAddress());
            case REMOTE_PORT -> text(Integer.toString(message.origin().remote().getPort()));
            case RECEIVED_AT -> text(Instant.ofEpochMilli(message.receivedAt()).toString());
            case DATE ->
                text(Instant.ofEpochMilli(message.receivedAt())
                        .atOffset(ZoneOffset.UTC)
                        .toLocalDate()
                        .toString());
            case PAYLOAD -> inUtf8(message);
            case PAYLOAD_HEX -> text(HexFormat.of().formatHex(payload));
            case PAYLOAD_BASE64 -> text(Base64.getEncoder().encodeToString(payload));
            case REASON -> text(reason);
            case IDENTITY -> text(Objects.requireNonNullElse(message.origin().identity(), ""));
            case RULE -> text(message.fields().rule());
        };
    }

    /**
     * The payload stays as it is if its text is in UTF-8 already, if it is no text, or if the template belongs to a
     * listener, which answers in its own charset.
     */
    private byte[] inUtf8(Envelope message) {
        if (message.charset().equals(StandardCharsets.UTF_8) || !charset.equals(StandardCharsets.UTF_8)) {
            return message.getPayload();
        }
        String text = message.text();
        return text == null ? message.getPayload() : text(text);
    }

    private byte[] text(String value) {
        return value.getBytes(charset);
    }
}

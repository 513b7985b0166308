package dev.sluice.pattern;

import dev.sluice.pattern.ReplyPart.Literal;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Makes a template of what is written. */
final class ReplyParser {

    private static final String LENGTH = "length";
    private static final String CHECKSUM = "checksum";
    private static final String RECEIVED_AT = "received-at";
    private static final String SEQUENCE = "sequence";
    private static final String PAYLOAD = "payload";

    private final boolean hex;
    private final Charset charset;
    private final List<ReplyPart> parts = new ArrayList<>();
    private final List<String> names = new ArrayList<>();

    private ReplyParser(boolean hex, Charset charset) {
        this.hex = hex;
        this.charset = Charsets.ofPieces(charset);
    }

    static ReplyTemplate hex(String text) {
        ReplyParser parser = new ReplyParser(true, StandardCharsets.ISO_8859_1);
        for (Token token : HexScanner.scanWritten(text)) {
            switch (token) {
                case Token.Bytes bytes -> parser.parts.add(new Literal(bytes.value()));
                case Token.Braces braces -> parser.placeholder(braces);
                case Token.Parenthesis(int offset, boolean _) ->
                    throw PatternException.at(
                            offset, "a parenthesis", "What a checksum is made of is said in the frames of the framing");
            }
        }
        return parser.template();
    }

    static ReplyTemplate text(String text, Charset charset) {
        ReplyParser parser = new ReplyParser(false, charset);
        for (TextScanner.Piece piece : TextScanner.scan(text)) {
            switch (piece) {
                case TextScanner.Piece.Text(int offset, String literal) ->
                    parser.parts.add(new Literal(Charsets.encode(literal, parser.charset, offset)));
                case Token.Braces braces -> parser.placeholder(braces);
            }
        }
        return parser.template();
    }

    private ReplyTemplate template() {
        return new ReplyTemplate(List.copyOf(parts), List.copyOf(names));
    }

    private void placeholder(Token.Braces braces) {
        String body = braces.body();
        int bar = body.indexOf('|');
        String described = bar < 0 ? body : body.substring(0, bar);
        String instead = bar < 0 ? null : body.substring(bar + 1);
        int colon = described.indexOf(':');
        String name = colon < 0 ? described : described.substring(0, colon);
        String format = colon < 0 ? "" : described.substring(colon + 1);
        if (name.equals(LENGTH) || name.equals(CHECKSUM)) {
            parts.add(open(braces, name, format, instead));
            return;
        }
        Field.Names.check(name, braces.at(0));
        int index = names.indexOf(name);
        if (index < 0) {
            index = names.size();
            names.add(name);
        }
        parts.add(value(braces, index, name, format, instead));
    }

    private static ReplyPart.Open open(Token.Braces braces, String name, String format, @Nullable String instead) {
        if (instead != null) {
            throw PatternException.at(
                    braces.offset(), "a default for '{" + name + "}'", "It is never absent, so it needs none");
        }
        if (!format.isEmpty() && name.equals(LENGTH)) {
            FieldType type = FieldType.parse(format, braces.at(name.length() + 1));
            if (!type.isNumber()) {
                throw PatternException.at(
                        braces.offset(), "'" + type + "' is no number", "A length is one, such as u16 or HEX4");
            }
        }
        return new ReplyPart.Open(braces, name.equals(CHECKSUM), format);
    }

    private ReplyPart.Value value(
            Token.Braces braces, int index, String name, String format, @Nullable String instead) {
        int formatAt = braces.at(name.length() + 1);
        if (name.equals(RECEIVED_AT) && !format.isEmpty()) {
            return time(index, format, formatAt);
        }
        if (!hex && name.equals(PAYLOAD) && (format.equals("hex") || format.equals("base64"))) {
            return new ReplyPart.Encoded(index, format.equals("base64"), charset);
        }
        int insteadAt = braces.at(braces.body().indexOf('|') + 1);
        if (!format.isEmpty()) {
            FieldType type = FieldType.parse(format, formatAt);
            byte[] absent = instead == null ? null : written(instead, type, insteadAt);
            return new ReplyPart.Typed(index, type, name.equals(SEQUENCE), absent);
        }
        if (hex) {
            return new ReplyPart.Raw(index, instead == null ? null : bytes(instead, insteadAt));
        }
        byte[] absent = instead == null ? null : Charsets.encode(instead, charset, insteadAt);
        return new ReplyPart.Text(index, charset, name.equals(PAYLOAD), absent);
    }

    private ReplyPart.Time time(int index, String format, int offset) {
        try {
            DateTimeFormatter formatter =
                    DateTimeFormatter.ofPattern(format, Locale.ROOT).withZone(ZoneOffset.UTC);
            ReplyPart.Time time = new ReplyPart.Time(index, formatter, hex, charset);
            byte[] _ = time.write(Instant.EPOCH);
            return time;
        } catch (PatternException ex) {
            throw PatternException.at(
                    offset, "'" + format + "' makes no whole bytes of digits", "Such as yyMMddHHmmss");
        } catch (IllegalArgumentException | DateTimeException | UnwritableException ex) {
            throw PatternException.at(offset, "'" + format + "' is no date", "Such as yyyyMMddHHmmss");
        }
    }

    private static byte[] written(String value, FieldType type, int offset) {
        try {
            return type.writer().write(value);
        } catch (UnwritableException ex) {
            throw PatternException.at(offset, "the default " + ex.getMessage());
        }
    }

    /** Bytes as they stand elsewhere in the notation. */
    private static byte[] bytes(String written, int offset) {
        if (written.isEmpty()) {
            return new byte[0];
        }
        List<Token> tokens;
        try {
            tokens = HexScanner.scanWritten(written);
        } catch (PatternException ex) {
            throw PatternException.at(offset + ex.offset(), "the default '" + written + "' is no bytes in hex");
        }
        if (tokens.size() == 1 && tokens.getFirst() instanceof Token.Bytes bytes) {
            return bytes.value();
        }
        throw PatternException.at(offset, "the default '" + written + "' is no bytes in hex");
    }
}

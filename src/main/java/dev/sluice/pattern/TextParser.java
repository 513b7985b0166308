package dev.sluice.pattern;

import dev.sluice.pattern.Field.Names;
import dev.sluice.pattern.TextScanner.Piece;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes a text pattern of what is written. */
final class TextParser {

    private final List<Piece> pieces;
    private final Charset charset;
    private final Names names = new Names();

    private TextParser(String text, Charset charset) {
        this.pieces = TextScanner.scan(text);
        this.charset = Charsets.ofPieces(charset);
    }

    static TextPattern parse(String text, Charset charset) {
        TextParser parser = new TextParser(text, charset);
        List<TextPart> parts = parser.parts();
        if (parts.isEmpty()) {
            throw new PatternException(0, "an empty pattern fits no message");
        }
        return new TextPattern(parser.names.all(), parts, parser.charset);
    }

    private List<TextPart> parts() {
        List<TextPart> parts = new ArrayList<>();
        for (int i = 0; i < pieces.size(); i++) {
            parts.add(
                    switch (pieces.get(i)) {
                        case Piece.Text(int offset, String text) ->
                            new TextPart.Literal(Charsets.encode(text, charset, offset));
                        case Token.Braces braces -> field(braces, i);
                    });
        }
        return parts;
    }

    private TextPart field(Token.Braces braces, int position) {
        String body = braces.body();
        if (body.equals(HexPattern.STAR)) {
            return new TextPart.Star(-1);
        }
        int equals = body.indexOf('=');
        String described = equals < 0 ? body : body.substring(0, equals);
        int colon = described.indexOf(':');
        int index = names.add(colon < 0 ? described : described.substring(0, colon), braces.at(0));
        if (equals >= 0) {
            List<byte[]> values = Arrays.stream(body.substring(equals + 1).split("\\|", -1))
                    .map(value -> Charsets.encode(value, charset, braces.at(equals + 1)))
                    .toList();
            return new TextPart.OneOf(index, values);
        }
        String format = colon < 0 ? "" : described.substring(colon + 1);
        return switch (format) {
            case "" -> new TextPart.Run(index, stop(position));
            case HexPattern.STAR -> new TextPart.Star(index);
            default -> new TextPart.Sized(index, size(format, braces.at(colon + 1)));
        };
    }

    private static int size(String format, int offset) {
        FieldType type;
        try {
            type = FieldType.parse(format, offset);
        } catch (PatternException ex) {
            type = null;
        }
        if (type == null || type.kind() != FieldType.Kind.BYTES || type.size() < 0 || type.isLittleEndian()) {
            throw PatternException.at(
                    offset,
                    "'" + format + "' in a text pattern",
                    "There, '{name}' goes up to the text that follows, '{name:12}' is twelve bytes, '{name:*}' is"
                            + " anything, and '{name=A|B}' one of these");
        }
        return type.size();
    }

    /** The character that a field at this place does not hold: the one behind it, or else the one before. */
    private byte[] stop(int position) {
        if (position + 1 < pieces.size() && pieces.get(position + 1) instanceof Piece.Text(int offset, String text)) {
            return Charsets.encode(text.substring(0, text.offsetByCodePoints(0, 1)), charset, offset);
        }
        if (position > 0 && pieces.get(position - 1) instanceof Piece.Text(int offset, String text)) {
            String last = text.substring(text.offsetByCodePoints(text.length(), -1));
            return Charsets.encode(last, charset, offset);
        }
        return new byte[0];
    }
}

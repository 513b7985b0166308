package dev.sluice.pattern;

import dev.sluice.pattern.Field.Names;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes, fields of a known size, and any bytes in one place at the most. */
final class HexPattern implements ShapedPattern {

    /** What stands for any bytes. */
    static final String STAR = "*";

    private final List<String> names;
    private final FieldType[] types;
    private final HexPiece[] head;
    /** Where any bytes may stand before it; null if nowhere. */
    private final HexPiece @Nullable [] tail;

    private final int headLeast;
    private final int tailSize;
    /** Null if where its pieces stand depends on the message. */
    private final @Nullable HexLayout layout;

    private HexPattern(List<String> names, FieldType[] types, List<HexPiece> head, @Nullable List<HexPiece> tail) {
        this.names = names;
        this.types = types;
        this.head = head.toArray(HexPiece[]::new);
        this.tail = tail == null ? null : tail.toArray(HexPiece[]::new);
        this.headLeast = head.stream().mapToInt(HexPiece::least).sum();
        this.tailSize =
                tail == null ? 0 : tail.stream().mapToInt(HexPiece::least).sum();
        this.layout = head.stream().anyMatch(HexPiece.Prefixed.class::isInstance)
                ? null
                : HexLayout.of(this.head, this.tail, types.length, headLeast, tailSize);
    }

    static HexPattern parse(String text) {
        Names names = new Names();
        List<FieldType> types = new ArrayList<>();
        List<HexPiece> head = new ArrayList<>();
        List<HexPiece> tail = null;
        for (Token token : HexScanner.scan(text)) {
            if (token instanceof Token.Braces(int offset, String body) && body.equals(STAR)) {
                if (tail != null) {
                    throw PatternException.at(offset, "a second '{*}'", "There can be one in a hex pattern");
                }
                tail = new ArrayList<>();
                continue;
            }
            HexPiece piece = piece(token, names, types);
            if (tail != null && piece instanceof HexPiece.Prefixed) {
                throw FrameParser.unknownSizeInTail(token.offset());
            }
            (tail == null ? head : tail).add(piece);
        }
        if (head.isEmpty() && tail == null) {
            throw new PatternException(0, "an empty pattern fits no message");
        }
        return new HexPattern(names.all(), types.toArray(FieldType[]::new), head, tail);
    }

    private static HexPiece piece(Token token, Names names, List<FieldType> types) {
        return switch (token) {
            case Token.Bytes bytes -> HexPiece.Literal.of(bytes);
            case Token.Parenthesis parenthesis ->
                throw PatternException.at(
                        parenthesis.offset(),
                        "a parenthesis",
                        "It says what a checksum is made of, in the frames of a framing alone");
            case Token.Braces braces -> {
                Field field = Field.parse(braces, names);
                if (field.index() >= 0) {
                    types.add(field.type());
                }
                FieldType prefix = field.type().prefix();
                if (prefix != null) {
                    yield new HexPiece.Prefixed(field, prefix);
                }
                if (field.type().size() < 0) {
                    throw PatternException.at(
                            braces.offset(),
                            "'" + field.type() + "' without a size",
                            "Say how many bytes, such as '" + field.type() + "4'");
                }
                yield new HexPiece.Sized(field, field.type().size());
            }
        };
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public @Nullable Match match(byte[] message) {
        if (layout != null) {
            int[] spans = layout.match(message);
            return spans == null ? null : new Match(message, spans, types);
        }
        // Most patterns that are tried do not fit, and those cost no memory.
        if (!fits(message, null)) {
            return null;
        }
        int[] spans = new int[2 * types.length];
        boolean _ = fits(message, spans);
        return new Match(message, spans, types);
    }

    private boolean fits(byte[] message, int @Nullable [] spans) {
        int length = message.length;
        if (length < headLeast + tailSize) {
            return false;
        }
        int position = matched(head, message, 0, spans);
        if (position < 0 || tail == null) {
            return position == length;
        }
        int tailStart = length - tailSize;
        return tailStart >= position && matched(tail, message, tailStart, spans) == length;
    }

    private static int matched(HexPiece[] pieces, byte[] message, int from, int @Nullable [] spans) {
        int position = from;
        for (HexPiece piece : pieces) {
            position = piece.match(message, position, message.length, spans);
            if (position < 0) {
                return -1;
            }
        }
        return position;
    }

    @Override
    public Shape shape() {
        Shape shape = new Shape();
        for (HexPiece piece : head) {
            piece.addTo(shape);
        }
        if (tail != null) {
            shape.star();
            for (HexPiece piece : tail) {
                piece.addTo(shape);
            }
        }
        return shape;
    }
}

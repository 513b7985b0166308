package dev.sluice.pattern;

import dev.sluice.pattern.Field.Names;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Bytes, fields of a known size, and any bytes in one place at the most. */
final class HexPattern implements ShapedPattern {

    /** What stands for any bytes. */
    static final String STAR = "*";

    /** A piece that is looked at on its own. */
    private sealed interface Piece {

        /**
         * Returns where it ends, or -1 if it does not fit.
         *
         * @param spans takes where its field stands, if not null
         */
        int match(byte[] bytes, int from, int to, int @Nullable [] spans);

        /** How many bytes it takes at least. */
        int least();

        void addTo(Shape shape);
    }

    private record Literal(byte[] value, byte[] mask, boolean told) implements Piece {

        @Override
        public int match(byte[] bytes, int from, int to, int @Nullable [] spans) {
            int end = from + value.length;
            return end <= to && (told ? Bytes.equal(bytes, from, value) : Bytes.fit(bytes, from, value, mask))
                    ? end
                    : -1;
        }

        @Override
        public int least() {
            return value.length;
        }

        @Override
        public void addTo(Shape shape) {
            shape.bytes(value, mask);
        }
    }

    private record Sized(Field field, int size) implements Piece {

        @Override
        public int match(byte[] bytes, int from, int to, int @Nullable [] spans) {
            int end = from + size;
            if (end > to || !field.takes(bytes, from, end)) {
                return -1;
            }
            return field.set(spans, from, end);
        }

        @Override
        public int least() {
            return size;
        }

        @Override
        public void addTo(Shape shape) {
            if (field.only().isEmpty()) {
                shape.any(size);
            } else {
                shape.oneOf(field.only());
            }
        }
    }

    private record Prefixed(Field field, FieldType prefix) implements Piece {

        @Override
        public int match(byte[] bytes, int from, int to, int @Nullable [] spans) {
            int start = from + prefix.size();
            if (start > to) {
                return -1;
            }
            int end = start + (int) prefix.length(bytes, from, start);
            if (end > to || !field.takes(bytes, start, end)) {
                return -1;
            }
            return field.set(spans, start, end);
        }

        @Override
        public int least() {
            return prefix.size();
        }

        @Override
        public void addTo(Shape shape) {
            shape.unknown();
        }
    }

    private final List<String> names;
    private final FieldType[] types;
    private final Piece[] head;
    /** Where any bytes may stand before it; null if nowhere. */
    private final Piece @Nullable [] tail;

    private final int headLeast;
    private final int tailSize;

    private HexPattern(List<String> names, FieldType[] types, List<Piece> head, @Nullable List<Piece> tail) {
        this.names = names;
        this.types = types;
        this.head = head.toArray(Piece[]::new);
        this.tail = tail == null ? null : tail.toArray(Piece[]::new);
        this.headLeast = head.stream().mapToInt(Piece::least).sum();
        this.tailSize = tail == null ? 0 : tail.stream().mapToInt(Piece::least).sum();
    }

    static HexPattern parse(String text) {
        Names names = new Names();
        List<FieldType> types = new ArrayList<>();
        List<Piece> head = new ArrayList<>();
        List<Piece> tail = null;
        for (Token token : HexScanner.scan(text)) {
            if (token instanceof Token.Braces(int offset, String body) && body.equals(STAR)) {
                if (tail != null) {
                    throw PatternException.at(offset, "a second '{*}'", "There can be one in a hex pattern");
                }
                tail = new ArrayList<>();
                continue;
            }
            Piece piece = piece(token, names, types);
            if (tail != null && piece instanceof Prefixed) {
                throw PatternException.at(
                        token.offset(),
                        "a field of unknown size behind '{*}'",
                        "What stands there is found from the end, so its size has to be told");
            }
            (tail == null ? head : tail).add(piece);
        }
        if (head.isEmpty() && tail == null) {
            throw new PatternException(0, "an empty pattern fits no message");
        }
        return new HexPattern(names.all(), types.toArray(FieldType[]::new), head, tail);
    }

    private static Piece piece(Token token, Names names, List<FieldType> types) {
        return switch (token) {
            case Token.Bytes bytes -> new Literal(bytes.value(), bytes.mask(), bytes.told() == bytes.mask().length);
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
                    yield new Prefixed(field, prefix);
                }
                if (field.type().size() < 0) {
                    throw PatternException.at(
                            braces.offset(),
                            "'" + field.type() + "' without a size",
                            "Say how many bytes, such as '" + field.type() + "4'");
                }
                yield new Sized(field, field.type().size());
            }
        };
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public @Nullable Match match(byte[] message) {
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

    private static int matched(Piece[] pieces, byte[] message, int from, int @Nullable [] spans) {
        int position = from;
        for (Piece piece : pieces) {
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
        for (Piece piece : head) {
            piece.addTo(shape);
        }
        if (tail != null) {
            shape.star();
            for (Piece piece : tail) {
                piece.addTo(shape);
            }
        }
        return shape;
    }
}

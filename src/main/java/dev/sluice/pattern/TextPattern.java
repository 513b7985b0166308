package dev.sluice.pattern;

import java.nio.charset.Charset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Text with fields, matched on bytes.
 *
 * <p>Up to the first piece that may take more or less, depending on what follows, a message is looked at once, from
 * left to right. What comes then is either of a size that is known, and found from the end, or left to {@link Reach}.
 */
final class TextPattern implements ShapedPattern {

    private final List<String> names;
    private final Charset charset;
    private final TextPart[] parts;
    /** How many of the parts take what they take, whatever follows. */
    private final int certain;
    /** The size of all that follows any bytes there; -1 if that differs. */
    private final int tailSize;

    TextPattern(List<String> names, List<TextPart> parts, Charset charset) {
        this.names = names;
        this.charset = charset;
        this.parts = parts.toArray(TextPart[]::new);
        int n = 0;
        while (n < this.parts.length && isCertain(n)) {
            n++;
        }
        this.certain = n;
        this.tailSize = n < this.parts.length && this.parts[n] instanceof TextPart.Star ? sizeFrom(n + 1) : -1;
    }

    private boolean isCertain(int i) {
        return switch (parts[i]) {
            case TextPart.Literal _, TextPart.Sized _ -> true;
            case TextPart.OneOf oneOf -> !oneOf.isAmbiguous();
            case TextPart.Run _ -> i + 1 == parts.length || parts[i + 1] instanceof TextPart.Literal;
            case TextPart.Star _ -> false;
        };
    }

    private int sizeFrom(int first) {
        int size = 0;
        for (int i = first; i < parts.length; i++) {
            if (parts[i].size() < 0 || !isCertain(i)) {
                return -1;
            }
            size += parts[i].size();
        }
        return size;
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public @Nullable Match match(byte[] message) {
        // Most patterns that are tried do not fit, and those cost no memory.
        int position = matched(0, certain, message, 0, null);
        if (position < 0) {
            return null;
        }
        Reach reach = null;
        if (certain == parts.length) {
            if (position != message.length) {
                return null;
            }
        } else if (tailSize >= 0) {
            int tailStart = message.length - tailSize;
            if (tailStart < position || matched(certain + 1, parts.length, message, tailStart, null) < 0) {
                return null;
            }
        } else {
            reach = new Reach(parts, certain, message, position);
            if (!reach.isPossible()) {
                return null;
            }
        }
        return new Match(message, spans(message, position, reach), charset);
    }

    private int[] spans(byte[] message, int position, @Nullable Reach reach) {
        int[] spans = new int[2 * names.size()];
        int _ = matched(0, certain, message, 0, spans);
        if (reach != null) {
            reach.note(spans);
        } else if (certain < parts.length) {
            int tailStart = message.length - tailSize;
            note(spans, parts[certain], position, tailStart);
            int _ = matched(certain + 1, parts.length, message, tailStart, spans);
        }
        return spans;
    }

    static void note(int @Nullable [] spans, TextPart part, int start, int end) {
        if (spans != null && part.index() >= 0) {
            spans[2 * part.index()] = start;
            spans[2 * part.index() + 1] = end;
        }
    }

    /** Returns where these parts end, or -1 if they do not fit. */
    private int matched(int first, int last, byte[] message, int from, int @Nullable [] spans) {
        int position = from;
        for (int i = first; i < last; i++) {
            int end = end(parts[i], message, position);
            if (end < 0) {
                return -1;
            }
            note(spans, parts[i], position, end);
            position = end;
        }
        return position;
    }

    private static int end(TextPart part, byte[] message, int from) {
        return switch (part) {
            case TextPart.Literal(byte[] bytes) -> end(bytes, message, from);
            case TextPart.Sized(int _, int size) -> from + size <= message.length ? from + size : -1;
            case TextPart.OneOf(int _, List<byte[]> values) -> {
                for (byte[] value : values) {
                    int end = end(value, message, from);
                    if (end >= 0) {
                        yield end;
                    }
                }
                yield -1;
            }
            case TextPart.Run run -> run.limit(message, from, message.length);
            case TextPart.Star _ -> message.length;
        };
    }

    /** Returns where these bytes end if they stand there, or else -1. */
    static int end(byte[] bytes, byte[] message, int from) {
        int end = from + bytes.length;
        return end <= message.length && Bytes.equal(message, from, bytes) ? end : -1;
    }

    @Override
    public Shape shape() {
        Shape shape = new Shape();
        for (TextPart part : parts) {
            Shape _ = switch (part) {
                case TextPart.Literal(byte[] bytes) -> shape.bytes(Masked.of(bytes));
                case TextPart.Sized(int _, int size) -> shape.any(size);
                case TextPart.OneOf(int _, List<byte[]> values) ->
                    shape.oneOf(values.stream().map(Masked::of).toList());
                case TextPart.Run(int _, byte[] stop) -> stop.length == 0 ? shape.star() : shape.unknown();
                case TextPart.Star _ -> shape.star();
            };
        }
        return shape;
    }
}

package dev.sluice.pattern;

import java.util.BitSet;
import java.util.List;

/**
 * From which positions of a message the last parts of a text pattern fit up to its end. So the parts before can take as
 * much as leaves a fit, as a regular expression would, but without trying: time and memory are linear in the message.
 */
final class Reach {

    private final TextPart[] parts;
    private final int first;
    private final byte[] message;
    private final int start;
    /** Of each part from the first on, and of the end: positions counted from the start. */
    private final BitSet[] fits;

    private final boolean possible;

    /**
     * @param first of the parts that are looked at
     * @param start of the message for them
     */
    Reach(TextPart[] parts, int first, byte[] message, int start) {
        this.parts = parts;
        this.first = first;
        this.message = message;
        this.start = start;
        this.fits = new BitSet[parts.length - first + 1];
        int length = message.length - start;
        BitSet next = new BitSet(length + 1);
        next.set(length);
        fits[parts.length - first] = next;
        for (int i = parts.length - 1; i >= first && !next.isEmpty(); i--) {
            next = before(parts[i], next, length);
            fits[i - first] = next;
        }
        this.possible = next.get(0) && fits[0] != null;
    }

    /** Returns whether all parts fit from the start on. */
    boolean isPossible() {
        return possible;
    }

    private BitSet before(TextPart part, BitSet next, int length) {
        BitSet fits = new BitSet(length + 1);
        switch (part) {
            case TextPart.Literal(byte[] bytes) -> addBefore(bytes, next, fits);
            case TextPart.OneOf(int _, List<byte[]> values) -> values.forEach(value -> addBefore(value, next, fits));
            case TextPart.Sized(int _, int size) -> {
                return size > length ? fits : next.get(size, length + 1);
            }
            case TextPart.Star _ -> fits.set(0, next.length());
            case TextPart.Run run -> {
                boolean fit = false;
                for (int i = next.length() - 1; i >= 0; i--) {
                    fit = next.get(i) || fit && !run.stopsAt(message, start + i, message.length);
                    if (fit) {
                        fits.set(i);
                    }
                }
            }
        }
        return fits;
    }

    private void addBefore(byte[] bytes, BitSet next, BitSet fits) {
        for (int end = next.nextSetBit(bytes.length); end >= 0; end = next.nextSetBit(end + 1)) {
            if (Bytes.equal(message, start + end - bytes.length, bytes)) {
                fits.set(end - bytes.length);
            }
        }
    }

    /** Notes where the fields stand. */
    void note(int[] spans) {
        int position = 0;
        for (int i = first; i < parts.length; i++) {
            int end = end(parts[i], position, fits[i - first + 1]);
            TextPattern.note(spans, parts[i], start + position, start + end);
            position = end;
        }
    }

    private int end(TextPart part, int position, BitSet next) {
        return switch (part) {
            case TextPart.Literal(byte[] bytes) -> position + bytes.length;
            case TextPart.Sized(int _, int size) -> position + size;
            case TextPart.OneOf(int _, List<byte[]> values) -> {
                for (byte[] value : values) {
                    int end = TextPattern.end(value, message, start + position) - start;
                    if (end >= position && next.get(end)) {
                        yield end;
                    }
                }
                throw new IllegalStateException("no value fits where one has to");
            }
            case TextPart.Star _ -> next.length() - 1;
            case TextPart.Run run -> next.previousSetBit(run.limit(message, start + position, message.length) - start);
        };
    }
}

package dev.sluice.pattern;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where the pieces stand, if that is the same in all messages: counted from the beginning, or behind {@code {*}} from
 * the end, and then negative.
 *
 * @param conditions what not every bytes fit
 * @param offsets where each of them stands
 * @param spans begin and end of each field
 * @param fromEnd whether these are counted from the end
 */
record HexLayout(HexPiece[] conditions, int[] offsets, int[] spans, boolean[] fromEnd, int least, boolean exact) {

    static HexLayout of(HexPiece[] head, HexPiece @Nullable [] tail, int fields, int headSize, int tailSize) {
        List<HexPiece> conditions = new ArrayList<>();
        List<Integer> offsets = new ArrayList<>();
        int[] spans = new int[2 * fields];
        boolean[] fromEnd = new boolean[2 * fields];
        int at = 0;
        for (HexPiece piece : head) {
            at = add(piece, at, conditions, offsets, spans);
        }
        if (tail != null) {
            int[] before = spans.clone();
            at = -tailSize;
            for (HexPiece piece : tail) {
                at = add(piece, at, conditions, offsets, spans);
            }
            for (int i = 0; i < spans.length; i++) {
                fromEnd[i] = spans[i] != before[i] || i % 2 == 1 && fromEnd[i - 1];
            }
        }
        return new HexLayout(
                conditions.toArray(HexPiece[]::new),
                offsets.stream().mapToInt(Integer::intValue).toArray(),
                spans,
                fromEnd,
                headSize + tailSize,
                tail == null);
    }

    private static int add(HexPiece piece, int at, List<HexPiece> conditions, List<Integer> offsets, int[] spans) {
        if (piece.isCondition()) {
            conditions.add(piece);
            offsets.add(at);
        }
        if (piece instanceof HexPiece.Sized(Field field, int size)) {
            int _ = field.set(spans, at, at + size);
        }
        return at + piece.least();
    }

    /** Returns where the fields stand in this message; null if it does not fit. */
    int @Nullable [] match(byte[] message) {
        int length = message.length;
        if (exact ? length != least : length < least) {
            return null;
        }
        for (int i = 0; i < conditions.length; i++) {
            int offset = offsets[i];
            if (conditions[i].match(message, offset < 0 ? length + offset : offset, length, null) < 0) {
                return null;
            }
        }
        int[] found = spans.clone();
        for (int i = 0; i < found.length; i++) {
            if (fromEnd[i]) {
                found[i] += length;
            }
        }
        return found;
    }
}

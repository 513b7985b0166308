package dev.sluice.pattern;

import dev.sluice.pattern.FrameItem.Length;
import dev.sluice.pattern.FrameItem.Place;
import dev.sluice.pattern.FrameItem.Sealing;
import dev.sluice.pattern.FrameItem.Sum;
import dev.sluice.pattern.FrameItem.UpTo;
import dev.sluice.pattern.HexPiece.Literal;
import dev.sluice.pattern.HexPiece.Sized;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What a frame looks like. Immutable: what is found out about one in progress is kept by its {@link FrameFinder}. */
final class Frame {

    /** These bytes are no such frame, whatever follows. */
    static final int NO = -1;
    /** It takes more bytes to tell. */
    static final int MORE = -2;
    /** It may be one, but would be too large. */
    static final int TOO_LARGE = -3;

    private static final int MOST_DIGITS = 10;

    private final String text;
    private final FrameItem[] head;
    /** What stands behind {*}; null if there is none of that. */
    private final FrameItem @Nullable [] tail;

    private final int tailSize;
    private final @Nullable Length length;
    private final @Nullable Sealing sealing;
    /** What it ends with, if it is known. */
    private final @Nullable Literal end;
    /** The bytes that it begins with, as far as they are told. */
    private final byte[] beginning;

    Frame(
            String text,
            List<FrameItem> head,
            @Nullable List<FrameItem> tail,
            @Nullable Length length,
            @Nullable Sealing sealing) {
        this.text = text;
        this.head = head.toArray(FrameItem[]::new);
        this.tail = tail == null ? null : tail.toArray(FrameItem[]::new);
        this.tailSize =
                tail == null ? 0 : tail.stream().mapToInt(FrameItem::size).sum();
        this.length = length;
        this.sealing = sealing;
        List<FrameItem> last = tail == null ? head : tail;
        this.end = !last.isEmpty() && last.getLast() instanceof Literal literal ? literal : null;
        this.beginning = !head.isEmpty() && head.getFirst() instanceof Literal literal ? told(literal) : new byte[0];
    }

    private static byte[] told(Literal literal) {
        int n = 0;
        while (n < literal.mask().length && literal.mask()[n] == -1) {
            n++;
        }
        return Arrays.copyOf(literal.value(), n);
    }

    /** The pattern. */
    @Override
    public String toString() {
        return text;
    }

    /** Returns whether its end can be told from what comes, without the end of the stream. */
    boolean hasEnd() {
        return tail == null || length != null || end != null && told(end).length > 0;
    }

    @Nullable
    Length length() {
        return length;
    }

    @Nullable
    Sealing sealing() {
        return sealing;
    }

    /** The bytes that it begins with, as far as they are told. */
    byte[] beginning() {
        return beginning;
    }

    /** What it ends with; null if that is not told. */
    @Nullable
    Literal end() {
        return end;
    }

    /** Returns whether these bytes, long enough for both, begin and end as it does. */
    boolean isEnclosing(byte[] bytes) {
        return Bytes.equal(bytes, 0, beginning)
                && (endSize() == 0 || end != null && end.fits(bytes, bytes.length - endSize(), endSize()));
    }

    /** How many bytes its end takes, where that is told. */
    int endSize() {
        return end == null || tail == null && head.length == 1 ? 0 : end.size();
    }

    /**
     * Returns where the frame ends that begins at {@code from}, or why that cannot be told.
     *
     * @param whole whether there will never be more bytes, so that a frame without an end takes all
     */
    int fit(byte[] bytes, int from, int to, boolean whole, FrameFinder finder) {
        finder.total = -1;
        int limit = (int) Math.min(to, (long) from + finder.maxSize);
        int position = walk(head.length, bytes, from, limit, finder);
        if (position < 0) {
            return to - from < finder.maxSize ? position : NO;
        }
        long total = finder.total;
        if (tail == null) {
            if (total >= 0 && total != position - from) {
                return NO;
            }
            total = position - from;
        } else if (total >= 0) {
            if (total < position - from + tailSize) {
                return NO;
            }
        } else if (end == null) {
            if (!whole || to - position < tailSize) {
                return NO;
            }
            total = to - from;
        } else {
            int begin = Math.max(position + tailSize - end.size(), from + finder.searched);
            int found = end.find(bytes, begin, limit);
            if (found < 0) {
                finder.searched = Math.max(0, limit - end.size() + 1 - from);
                return to - from >= finder.maxSize ? TOO_LARGE : MORE;
            }
            total = found + end.size() - from;
        }
        if (total > finder.maxSize) {
            finder.total = total;
            return TOO_LARGE;
        }
        if (total > to - from) {
            return MORE;
        }
        int frameEnd = from + (int) total;
        return endsRightly(bytes, frameEnd) ? frameEnd : NO;
    }

    private boolean endsRightly(byte[] bytes, int frameEnd) {
        if (tail == null) {
            return true;
        }
        int position = frameEnd - tailSize;
        for (FrameItem item : tail) {
            boolean fits = switch (item) {
                case Literal literal -> literal.fits(bytes, position, literal.size());
                case Sized(Field field, int size) -> field.takes(bytes, position, position + size);
                case Length _, Sum _, UpTo _ -> true;
            };
            if (!fits) {
                return false;
            }
            position += item.size();
        }
        return true;
    }

    /**
     * Goes over the first items of the head. Returns where they end.
     *
     * @param finder takes the size of the frame, if the length is among them
     */
    private int walk(int items, byte[] bytes, int from, int to, @Nullable FrameFinder finder) {
        int position = from;
        for (int i = 0; i < items; i++) {
            FrameItem item = head[i];
            int start = position;
            position = switch (item) {
                case Literal literal -> past(literal, bytes, start, to);
                case Sized(Field field, int size) -> {
                    if (size > to - start) {
                        yield MORE;
                    }
                    yield field.takes(bytes, start, start + size) ? start + size : NO;
                }
                case Sum sum -> sum.size() > to - start ? MORE : start + sum.size();
                case UpTo upTo -> past(upTo, bytes, start, to);
                case Length itsLength -> past(itsLength, bytes, start, to);
            };
            if (position < 0) {
                return position;
            }
            if (item == length && finder != null) {
                long following = length.following(bytes, start, position);
                if (following < 0) {
                    return NO;
                }
                finder.total = position - from + following;
                if (finder.total < 0) {
                    return NO;
                }
            }
        }
        return position;
    }

    private static int past(Literal literal, byte[] bytes, int from, int to) {
        int size = literal.size();
        int there = Math.min(size, to - from);
        if (!literal.fits(bytes, from, there)) {
            return NO;
        }
        return there < size ? MORE : from + size;
    }

    private static int past(UpTo upTo, byte[] bytes, int from, int to) {
        int found = ByteSearch.indexOf(bytes, from, Math.min(to, from + UpTo.MOST + 1), upTo.stop());
        if (found >= 0) {
            return found;
        }
        return to - from > UpTo.MOST ? NO : MORE;
    }

    private static int past(Length length, byte[] bytes, int from, int to) {
        if (length.size() >= 0) {
            return length.size() > to - from ? MORE : from + length.size();
        }
        int position = from;
        while (position < to && position - from < MOST_DIGITS && length.type().isDigit(bytes[position])) {
            position++;
        }
        if (position == to && position - from < MOST_DIGITS) {
            return MORE;
        }
        return position == from ? NO : position;
    }

    /** Returns whether the checksum of this frame, whose escapes are undone, is right; true if it has none. */
    boolean isIntact(byte[] bytes, int from, int to) {
        if (sealing == null) {
            return true;
        }
        int at = index(sealing.at(), bytes, from, to);
        int first = index(sealing.from(), bytes, from, to);
        int last = index(sealing.to(), bytes, from, to);
        int size = sealing.type().size();
        return at >= 0
                && first >= 0
                && first <= last
                && at + size <= to
                && sealing.type().length(bytes, at, at + size)
                        == sealing.algorithm().of(bytes, first, last);
    }

    /**
     * Returns the checksum of an answer.
     *
     * @throws UnwritableException if the answer is not built as this frame is
     */
    long checksum(byte[] answer) {
        Sealing made = Objects.requireNonNull(sealing);
        int first = index(made.from(), answer, 0, answer.length);
        int last = index(made.to(), answer, 0, answer.length);
        if (first < 0 || last < first || last > answer.length) {
            throw new UnwritableException(
                    "the answer is not built as its frame '" + text + "' is, so it has no checksum");
        }
        return made.algorithm().of(answer, first, last);
    }

    /** Returns where a place is in this frame, or a negative number if the frame is too short or another one. */
    private int index(Place place, byte[] bytes, int from, int to) {
        if (!place.inTail()) {
            return walk(place.index(), bytes, from, to, null);
        }
        int index = to - tailSize;
        for (int i = 0; tail != null && i < place.index(); i++) {
            index += tail[i].size();
        }
        return index < from ? NO : index;
    }
}

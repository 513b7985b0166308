package dev.sluice.pattern;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Finds the frames of one stream in a buffer that its owner fills by reads, and remembers what it knows of a frame in
 * progress, so that it never looks for an end twice at the same bytes. Used by one thread.
 */
public final class FrameFinder {

    /** What was found. */
    public enum Found {
        /** A whole frame, from {@link #start()} to before {@link #end()}. */
        FRAME,
        /** No whole frame yet. */
        MORE,
        /** A frame larger than allowed begins at {@link #start()}. */
        OVERSIZE,
        /** These bytes are no frame: see {@link #problem}. */
        NONE
    }

    private static final int MOST_SHOWN = 8;

    private final Frames frames;
    final int maxSize;

    /** Of the frame in progress: which pattern is looked at, those before cannot fit. */
    private int pattern;
    /** Of the frame in progress: how many of its bytes are known to hold no end. */
    int searched;
    /** How large the frame that was looked at is, where its length says so; else -1. */
    long total;

    /** Of the frame in progress: the first that would fit if it were not too large. */
    private @Nullable Frame tooLarge;

    private long tooLargeTotal;

    private int start;
    private int end;
    private @Nullable Frame found;

    FrameFinder(Frames frames, int maxSize) {
        this.frames = frames;
        this.maxSize = maxSize;
    }

    /**
     * Looks for a frame at the beginning of these bytes, behind such as may stand between frames. The next call begins
     * at {@link #start()} if it takes more, and else behind what was found.
     *
     * @param whole whether these are all bytes that there will ever be, as in a datagram
     */
    public Found find(byte[] bytes, int from, int to, boolean whole) {
        start = from;
        while (start < to && frames.isBetween(bytes[start])) {
            start++;
        }
        while (start + 1 < to && bytes[start] == bytes[start + 1] && frames.isMark(bytes[start])) {
            start++;
            restart();
        }
        if (start == to) {
            return Found.MORE;
        }
        while (pattern < frames.all().size()) {
            Frame frame = frames.all().get(pattern);
            int fit = frame.fit(bytes, start, to, whole, this);
            if (fit >= 0) {
                restart();
                found = frame;
                end = fit;
                return Found.FRAME;
            }
            if (fit == Frame.MORE && !whole) {
                return Found.MORE;
            }
            if (fit == Frame.TOO_LARGE && tooLarge == null) {
                tooLarge = frame;
                tooLargeTotal = total;
            }
            pattern++;
            searched = 0;
        }
        found = tooLarge;
        total = tooLargeTotal;
        restart();
        return found == null ? Found.NONE : Found.OVERSIZE;
    }

    private void restart() {
        pattern = 0;
        searched = 0;
        tooLarge = null;
    }

    /** Where what was found begins; bytes before it stood between frames. */
    public int start() {
        return start;
    }

    /** Where the frame found ends. */
    public int end() {
        return end;
    }

    /** Undoes the escapes of the frame found, within its bytes. Returns where it then ends. */
    public int unescape(byte[] bytes) {
        if (found == null || frames.escapes().isEmpty()) {
            return end;
        }
        int first = start + found.beginning().length;
        int last = end - found.endSize();
        if (last <= first) {
            return end;
        }
        int undone = frames.escapes().undo(bytes, first, last);
        System.arraycopy(bytes, last, bytes, undone, end - last);
        end -= last - undone;
        return end;
    }

    /** Returns whether the checksum of the frame found, whose escapes are undone, is right; true if it has none. */
    public boolean isIntact(byte[] bytes) {
        return found == null || found.isIntact(bytes, start, end);
    }

    /** The pattern of the frame found. */
    public String pattern() {
        return found == null ? "" : found.toString();
    }

    /** How large the frame is that is too large; -1 if that is told by its end alone. */
    public long oversize() {
        return total;
    }

    /**
     * Looks for the end of a frame that is too large.
     *
     * @return where it ends, or -1
     */
    public int findEnd(byte[] bytes, int from, int to) {
        int at = found == null || found.end() == null ? -1 : found.end().find(bytes, from, to);
        return at < 0 ? -1 : at + endSize();
    }

    /** How many bytes the end of that frame takes. */
    public int endSize() {
        return found == null || found.end() == null ? 0 : found.end().size();
    }

    /** Says that bytes are no frame, and which they are. */
    public String problem(byte[] bytes, int to) {
        int shown = Math.min(to, start + MOST_SHOWN);
        return "no frame begins with "
                + HexFormat.ofDelimiter(" ").withUpperCase().formatHex(bytes, start, shown)
                + (shown < to ? " ..." : "");
    }
}

package dev.sluice.transport.framing;

import org.jspecify.annotations.Nullable;

/**
 * Finds frames in a buffer that its owner fills by reads. Used by one thread; holds no bytes of its own. One that
 * undoes escapes writes into the buffer, within the bytes of a frame that it has found whole.
 *
 * <p>The owner calls {@link #decode} until it answers {@link Result#MORE}, each time from where {@link #next()} says,
 * and keeps what lies behind that for the call after the next read. A decoder therefore never looks twice at a byte
 * that cannot end a frame.
 */
public abstract class FrameDecoder {

    /** What a call to {@link #decode} found. */
    public enum Result {
        /** A whole frame: its payload lies between {@link #frameStart()} and {@link #frameEnd()}. */
        FRAME,
        /** A whole frame like that, but its checksum is wrong. */
        MISMATCH,
        /** No whole frame yet: read more. */
        MORE,
        /** A frame larger than allowed begins here; said once for each. Decoding on skips it. */
        OVERSIZE,
        /** The peer broke a frame off and began another: that one is lost, the other begins at {@link #next()}. */
        BROKEN_OFF,
        /** These bytes can't be framed, now or later: see {@link #problem()}. */
        MALFORMED
    }

    /**
     * How many bytes beyond the largest payload can be left at the most after {@link Result#MORE}: a header, or the
     * beginning of a delimiter. So an owner knows how large its buffer can get.
     */
    public static final int MOST_OVERHEAD = 64;

    private final int maxSize;
    private int frameStart;
    private int frameEnd;
    private int next;
    private int passedOver;
    private @Nullable String problem;

    /** The end of a frame too large is still to come, and is looked for. */
    boolean skipping;

    /** How many bytes of a frame too large are still to come, where that is known. */
    private long toSkip;

    FrameDecoder(int maxSize) {
        this.maxSize = maxSize;
    }

    /** Looks at the bytes from {@code from} to before {@code to}. */
    public abstract Result decode(byte[] buffer, int from, int to);

    /**
     * The peer has ended its side: what becomes of the bytes that are left. All are done with then.
     *
     * @return {@link Result#FRAME} or {@link Result#OVERSIZE} if they are a message, else {@link Result#MORE}: if there
     *     were any, and none is being skipped, a frame has been cut short
     */
    public Result end(byte[] buffer, int from, int to) {
        return more(to);
    }

    /** Goes on where another of the same framing has just found a frame, which can still be asked for. */
    void goOnFrom(FrameDecoder former) {
        frameStart = former.frameStart;
        frameEnd = former.frameEnd;
        next = former.next;
        passedOver = former.passedOver;
    }

    /** The pattern of the frame found, where frames have some; else empty. */
    public String pattern() {
        return "";
    }

    /** How many frames were handed on though their checksum was wrong since this was last asked. */
    public int takePassed() {
        return 0;
    }

    /** How many bytes are left at the most after {@link Result#MORE}. */
    int mostHeld() {
        return (int) Math.min(Integer.MAX_VALUE - 8, (long) maxSize + MOST_OVERHEAD);
    }

    /** Whether a frame too large is being skipped, so that bytes of it are still to come. */
    public final boolean skipping() {
        return skipping || toSkip > 0;
    }

    /** Passes by the bytes of a frame too large. Returns where they end, as far as they are here. */
    final int skip(int from, int to) {
        if (toSkip == 0) {
            return from;
        }
        int skipped = (int) Math.min(toSkip, to - from);
        toSkip -= skipped;
        return from + skipped;
    }

    public final int frameStart() {
        return frameStart;
    }

    public final int frameEnd() {
        return frameEnd;
    }

    /** Where to decode on; bytes before it are done with. */
    public final int next() {
        return next;
    }

    /** How many bytes between frames, that belong to none, were passed over since this was last asked. */
    public final int takePassedOver() {
        int taken = passedOver;
        passedOver = 0;
        return taken;
    }

    /** Why the bytes are malformed, in words for an operator. */
    public final String problem() {
        return problem == null ? "" : problem;
    }

    /** The largest payload, in bytes. */
    final int maxSize() {
        return maxSize;
    }

    final void passOver(int bytes) {
        passedOver += bytes;
    }

    final Result frame(int start, int end, int next) {
        this.frameStart = start;
        this.frameEnd = end;
        this.next = next;
        return Result.FRAME;
    }

    final Result mismatch(int start, int end, int next) {
        Result _ = frame(start, end, next);
        return Result.MISMATCH;
    }

    final Result more(int next) {
        this.next = next;
        return Result.MORE;
    }

    final Result oversize(int next) {
        this.next = next;
        return Result.OVERSIZE;
    }

    /** The same of a frame of which so many bytes follow there. */
    final Result oversize(int next, long rest) {
        toSkip = rest;
        return oversize(next);
    }

    final Result brokenOff(int next) {
        this.next = next;
        return Result.BROKEN_OFF;
    }

    final Result malformed(int next, String problem) {
        this.next = next;
        this.problem = problem;
        return Result.MALFORMED;
    }
}

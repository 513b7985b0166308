package dev.sluice.transport.framing;

import dev.sluice.pattern.FrameFinder;
import dev.sluice.pattern.Frames;

/**
 * Frames as patterns describe them. A payload is the whole frame, whose escapes are undone where it stands, once it is
 * complete. A length is never believed further than {@code maxSize}, and no end is looked for beyond.
 */
final class FramesDecoder extends FrameDecoder {

    private final FrameFinder finder;
    /** Whether a frame is handed on though its checksum is wrong. */
    private final boolean passes;

    private int passed;

    FramesDecoder(Frames frames, boolean passes, int maxSize) {
        super(maxSize);
        this.finder = frames.newFinder(maxSize);
        this.passes = passes;
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        int begin = skip(from, to);
        if (skipping) {
            begin = finder.findEnd(buffer, from, to);
            if (begin < 0) {
                return more(Math.max(from, to - finder.endSize() + 1));
            }
            skipping = false;
        }
        FrameFinder.Found found = finder.find(buffer, begin, to, false);
        int start = finder.start();
        passOver(start - begin);
        return switch (found) {
            case MORE -> more(start);
            case FRAME -> found(buffer, start);
            case OVERSIZE -> tooLarge(start, to);
            case NONE -> malformed(start, finder.problem(buffer, to));
        };
    }

    private Result found(byte[] buffer, int start) {
        int next = finder.end();
        int end = finder.unescape(buffer);
        if (!finder.isIntact(buffer)) {
            if (!passes) {
                return mismatch(start, end, next);
            }
            passed++;
        }
        return frame(start, end, next);
    }

    private Result tooLarge(int start, int to) {
        if (finder.oversize() >= 0) {
            int there = (int) Math.min(finder.oversize(), to - start);
            return oversize(start + there, finder.oversize() - there);
        }
        skipping = true;
        int searched = Math.min(to, start + maxSize());
        return oversize(Math.max(start + 1, searched - finder.endSize() + 1));
    }

    @Override
    void goOnFrom(FrameDecoder former) {
        super.goOnFrom(former);
        passed = former.takePassed();
    }

    @Override
    public String pattern() {
        return finder.pattern();
    }

    @Override
    public int takePassed() {
        int taken = passed;
        passed = 0;
        return taken;
    }
}

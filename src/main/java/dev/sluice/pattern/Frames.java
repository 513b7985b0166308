package dev.sluice.pattern;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The frames that a stream may consist of: each is of the first pattern that fits from its beginning to its end.
 * Immutable, and safe for many threads; each stream has a {@link FrameFinder} of its own.
 */
public final class Frames {

    private final List<Frame> frames;
    private final Escapes escapes;
    /** Whether a byte may stand between frames, by its value. */
    private final boolean[] between = new boolean[256];
    /** Whether a byte both begins and ends a frame, so that two of them in a row are one, by its value. */
    private final boolean[] mark = new boolean[256];

    private Frames(List<Frame> frames, Escapes escapes, byte[] between) {
        this.frames = frames;
        this.escapes = escapes;
        for (byte value : between) {
            this.between[value & 0xFF] = true;
        }
        if (!escapes.isEmpty()) {
            for (Frame frame : frames) {
                byte[] beginning = frame.beginning();
                if (beginning.length == 1
                        && frame.end() != null
                        && Arrays.equals(frame.end().value(), beginning)) {
                    mark[beginning[0] & 0xFF] = true;
                }
            }
        }
    }

    /**
     * @param patterns of frames, in order
     * @param checksum the name of that which {checksum} is; null if none has one
     * @param escapes what is written in place of a byte between the marks of a frame, both in hex
     * @param between bytes that may stand between frames, in hex
     * @throws PatternException if one is wrong
     */
    public static Frames of(
            List<String> patterns, @Nullable String checksum, Map<String, String> escapes, String between) {
        Checksum algorithm = checksum == null ? null : Checksum.named(checksum);
        List<Frame> frames = new ArrayList<>();
        for (String pattern : patterns) {
            frames.add(FrameParser.parse(pattern, algorithm));
        }
        return new Frames(List.copyOf(frames), Escapes.of(escapes), Escapes.bytes(between));
    }

    /**
     * Looks at one pattern alone.
     *
     * @param checksum null if there is none
     * @return whether it holds a checksum
     * @throws PatternException if it is no pattern
     */
    public static boolean isChecked(String pattern, @Nullable Checksum checksum) {
        return FrameParser.parse(pattern, checksum).sealing() != null;
    }

    /**
     * @throws PatternException if it is not what may stand in place of a byte
     */
    public static void checkEscapes(Map<String, String> escapes) {
        Escapes _ = Escapes.of(escapes);
    }

    /**
     * @throws PatternException if it is not hex
     */
    public static void checkBetween(String between) {
        byte[] _ = Escapes.bytes(between);
    }

    /**
     * Returns the index of the first pattern whose frames end only with a stream, or a datagram; -1 if there is none.
     */
    public int endless() {
        for (int i = 0; i < frames.size(); i++) {
            if (!frames.get(i).hasEnd()) {
                return i;
            }
        }
        return -1;
    }

    /**
     * @param maxSize of a frame, as it is sent, in bytes
     */
    public FrameFinder newFinder(int maxSize) {
        return new FrameFinder(this, maxSize);
    }

    /** Returns a frame as it is sent: with escapes between its marks. What is no frame of these is sent as it is. */
    public byte[] escaped(byte[] frame) {
        if (escapes.isEmpty()) {
            return frame;
        }
        for (Frame candidate : frames) {
            int marks = candidate.beginning().length + candidate.endSize();
            if (candidate.end() != null && marks <= frame.length && candidate.isEnclosing(frame)) {
                return escapes.apply(frame, candidate.beginning().length, frame.length - candidate.endSize());
            }
        }
        return frame;
    }

    /**
     * The first that has what a template wants filled in, and begins as that does.
     *
     * @param beginning of the template; empty if it begins with a placeholder
     */
    Optional<Frame> sealing(byte[] beginning, boolean length, boolean checksum) {
        return frames.stream()
                .filter(frame -> !length || frame.length() != null)
                .filter(frame -> !checksum || frame.sealing() != null)
                .filter(frame ->
                        frame.beginning().length == 0 || beginning.length > 0 && agree(frame.beginning(), beginning))
                .findFirst();
    }

    private static boolean agree(byte[] one, byte[] other) {
        int length = Math.min(one.length, other.length);
        return Arrays.equals(one, 0, length, other, 0, length);
    }

    List<Frame> all() {
        return frames;
    }

    Escapes escapes() {
        return escapes;
    }

    boolean isBetween(byte value) {
        return between[value & 0xFF];
    }

    boolean isMark(byte value) {
        return mark[value & 0xFF];
    }

    /** The patterns. */
    @Override
    public String toString() {
        return String.join(", ", frames.stream().map(Objects::toString).toList());
    }
}

package dev.sluice.transport.udp;

import dev.sluice.pattern.FrameFinder;
import dev.sluice.pattern.FrameFinder.Found;
import dev.sluice.transport.framing.Framing;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Cuts a datagram by frames: each is a message. One without an end takes all that is left of the datagram. Belongs to
 * the receiver's thread.
 */
final class DatagramCutter {

    /**
     * A message of a datagram.
     *
     * @param payload the whole frame, whose escapes are undone
     * @param intact whether its checksum is right
     */
    record Cut(byte[] payload, boolean intact) {}

    private final Framing.Frames frames;
    private final List<Cut> cuts = new ArrayList<>();
    private String problem = "";

    DatagramCutter(Framing.Frames frames) {
        this.frames = frames;
    }

    Framing.Frames frames() {
        return frames;
    }

    /** Returns whether it is nothing but frames, and what may stand between them: else it is malformed as a whole. */
    boolean cut(byte[] datagram) {
        cuts.clear();
        // One for each datagram: what it remembers is of a stream, and a datagram is none.
        FrameFinder finder = frames.patterns().newFinder(Math.max(1, datagram.length));
        int from = 0;
        Found found = finder.find(datagram, from, datagram.length, true);
        while (found == Found.FRAME) {
            from = finder.end();
            int end = finder.unescape(datagram);
            cuts.add(new Cut(Arrays.copyOfRange(datagram, finder.start(), end), finder.isIntact(datagram)));
            found = finder.find(datagram, from, datagram.length, true);
        }
        if (found != Found.MORE) {
            problem = finder.problem(datagram, datagram.length);
        }
        return found == Found.MORE;
    }

    /** The messages of the datagram that was cut. */
    List<Cut> cuts() {
        return cuts;
    }

    /** Why it is malformed, in words for an operator. */
    String problem() {
        return problem;
    }
}

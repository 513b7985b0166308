package dev.sluice.transport.framing;

import dev.sluice.pattern.ByteSearch;

/**
 * Frames between a start byte and an end sequence: STX … ETX, and MLLP's VT … FS CR. CR and LF between frames, which
 * some senders add, are passed over; anything else there is malformed.
 *
 * <p>The start byte never is part of a payload. Within a frame it says that the sender gave that one up and began anew:
 * it broke off, or left out the end.
 */
final class EnclosedDecoder extends FrameDecoder {

    private final byte start;
    private final byte[] end;
    /** How many bytes after the start byte are known to hold neither an end nor another start. */
    private int searched;

    EnclosedDecoder(byte start, byte[] end, int maxSize) {
        super(maxSize);
        this.start = start;
        this.end = end;
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        int begin = from;
        if (skipping) {
            int restart = restart(buffer, from, to);
            int found = ByteSearch.indexOf(buffer, from, restart, end);
            if (found < 0 && restart == to) {
                return more(Math.max(from, to - end.length + 1));
            }
            skipping = false;
            begin = found < 0 ? restart : found + end.length;
        }
        int between = begin;
        while (begin < to && (buffer[begin] == '\r' || buffer[begin] == '\n')) {
            begin++;
        }
        passOver(begin - between);
        if (begin == to) {
            return more(to);
        }
        if (buffer[begin] != start) {
            return malformed(
                    begin, "a frame starts with 0x%02X, not with 0x%02X".formatted(start & 0xFF, buffer[begin] & 0xFF));
        }
        int payload = begin + 1;
        // Looked for first, so that a search for the end stays within this frame, however many are at hand.
        int restart = restart(buffer, payload + searched, to);
        int found = ByteSearch.indexOf(buffer, payload + searched, restart, end);
        if (found >= 0) {
            searched = 0;
            int next = found + end.length;
            return found - payload > maxSize() ? oversize(next) : frame(payload, found, next);
        }
        int undecided = Math.min(end.length - 1, restart - payload);
        boolean oversize = restart - payload - undecided > maxSize();
        if (restart < to) {
            searched = 0;
            return oversize ? oversize(restart) : brokenOff(restart);
        }
        if (oversize) {
            skipping = true;
            searched = 0;
            return oversize(to - undecided);
        }
        searched = to - payload - undecided;
        return more(begin);
    }

    /** Where the next start byte is, or else {@code to}. */
    private int restart(byte[] buffer, int from, int to) {
        int found = ByteSearch.indexOf(buffer, from, to, start);
        return found < 0 ? to : found;
    }
}

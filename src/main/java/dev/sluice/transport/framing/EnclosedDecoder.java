package dev.sluice.transport.framing;

/**
 * Frames between a start byte and an end sequence: STX … ETX, and MLLP's VT … FS CR. CR and LF between frames, which
 * some senders add, are passed over; anything else there is malformed.
 */
final class EnclosedDecoder extends FrameDecoder {

    private final byte start;
    private final byte[] end;
    /** How many bytes after the start byte are known to hold no end. */
    private int searched;

    private boolean skipping;

    EnclosedDecoder(byte start, byte[] end, int maxSize) {
        super(maxSize);
        this.start = start;
        this.end = end;
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        int begin = from;
        if (skipping) {
            int found = ByteSearch.indexOf(buffer, from, to, end);
            if (found < 0) {
                return more(Math.max(from, to - end.length + 1));
            }
            skipping = false;
            begin = found + end.length;
        }
        while (begin < to && (buffer[begin] == '\r' || buffer[begin] == '\n')) {
            begin++;
        }
        if (begin == to) {
            return more(to);
        }
        if (buffer[begin] != start) {
            return malformed(
                    begin, "a frame starts with 0x%02X, not with 0x%02X".formatted(start & 0xFF, buffer[begin] & 0xFF));
        }
        int payload = begin + 1;
        int found = ByteSearch.indexOf(buffer, payload + searched, to, end);
        if (found >= 0) {
            searched = 0;
            int next = found + end.length;
            return found - payload > maxSize() ? oversize(next) : frame(payload, found, next);
        }
        int undecided = Math.min(end.length - 1, to - payload);
        if (to - payload - undecided > maxSize()) {
            skipping = true;
            searched = 0;
            return oversize(to - undecided);
        }
        searched = to - payload - undecided;
        return more(begin);
    }

    @Override
    public boolean skipping() {
        return skipping;
    }
}

package dev.sluice.transport.framing;

import dev.sluice.pattern.ByteSearch;

/** Frames that end with a delimiter: lines, NUL-terminated text, any byte sequence. */
final class DelimitedDecoder extends FrameDecoder {

    private final byte[] delimiter;
    /** A CR just before the delimiter belongs to it, and bytes left at the end of the stream are a last line. */
    private final boolean lines;
    /** How many bytes after the frame's beginning are known to hold no delimiter. */
    private int searched;

    DelimitedDecoder(byte[] delimiter, boolean lines, int maxSize) {
        super(maxSize);
        this.delimiter = delimiter;
        this.lines = lines;
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        int found = ByteSearch.indexOf(buffer, from + searched, to, delimiter);
        if (found >= 0) {
            int next = found + delimiter.length;
            searched = 0;
            if (skipping) {
                skipping = false;
                return decode(buffer, next, to);
            }
            int end = lines && found > from && buffer[found - 1] == '\r' ? found - 1 : found;
            return end - from > maxSize() ? oversize(next) : frame(from, end, next);
        }
        int undecided = Math.min(delimiter.length - 1, to - from);
        if (skipping) {
            searched = 0;
            return more(to - undecided);
        }
        if (to - from - undecided - (lines ? 1 : 0) > maxSize()) {
            skipping = true;
            searched = 0;
            return oversize(to - undecided);
        }
        searched = to - from - undecided;
        return more(from);
    }

    @Override
    public Result end(byte[] buffer, int from, int to) {
        if (!lines || skipping || to == from) {
            return more(to);
        }
        return to - from > maxSize() ? oversize(to) : frame(from, to, to);
    }
}

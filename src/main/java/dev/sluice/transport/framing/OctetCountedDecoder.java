package dev.sluice.transport.framing;

import dev.sluice.pattern.ByteSearch;

/**
 * Syslog over TCP (RFC 6587): a message that begins with a count is as long as that says ({@code LEN SP payload},
 * section 3.4.1), any other ends with LF (section 3.4.2); one stream may hold both. What begins with digits but has no
 * space after them is a line.
 *
 * <p>LF or CR LF just behind a counted message is passed over: rsyslog and others end a message so even where they
 * count it. An empty line that follows another line, or that line break, is an empty message.
 */
final class OctetCountedDecoder extends FrameDecoder {

    private static final int MOST_DIGITS = 10;
    private static final int INCOMPLETE = -1;

    /** Nothing has been seen yet of what follows a counted message. */
    private boolean behindCounted;

    /** How many bytes after the line's beginning are known to hold no LF. */
    private int searched;

    OctetCountedDecoder(int maxSize) {
        super(maxSize);
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        int begin = skipLine(buffer, skip(from, to), to);
        if (begin < to && behindCounted) {
            int lineBreak = lineBreak(buffer, begin, to);
            if (lineBreak == INCOMPLETE) {
                return more(begin);
            }
            passOver(lineBreak);
            begin += lineBreak;
            behindCounted = false;
        }
        if (begin == to) {
            return more(to);
        }
        int digits = 0;
        while (digits <= MOST_DIGITS && begin + digits < to && isDigit(buffer[begin + digits], digits)) {
            digits++;
        }
        if (digits > 0 && digits <= MOST_DIGITS) {
            if (begin + digits == to) {
                return more(begin);
            }
            if (buffer[begin + digits] == ' ') {
                return counted(buffer, begin, digits, to);
            }
        }
        return line(buffer, begin, to);
    }

    private int skipLine(byte[] buffer, int from, int to) {
        if (!skipping) {
            return from;
        }
        int found = ByteSearch.indexOf(buffer, from, to, (byte) '\n');
        skipping = found < 0;
        return skipping ? to : found + 1;
    }

    /** How long the line break is that the bytes begin with: 0 if there is none. */
    private static int lineBreak(byte[] buffer, int begin, int to) {
        if (buffer[begin] == '\r') {
            return begin + 1 == to ? INCOMPLETE : buffer[begin + 1] == '\n' ? 2 : 0;
        }
        return buffer[begin] == '\n' ? 1 : 0;
    }

    private Result counted(byte[] buffer, int begin, int digits, int to) {
        long length = 0;
        for (int i = begin; i < begin + digits; i++) {
            length = length * 10 + buffer[i] - '0';
        }
        int payload = begin + digits + 1;
        if (length > maxSize()) {
            behindCounted = true;
            return oversize(payload, length);
        }
        if (length > to - payload) {
            return more(begin);
        }
        int end = payload + (int) length;
        behindCounted = true;
        return frame(payload, end, end);
    }

    private Result line(byte[] buffer, int begin, int to) {
        int found = ByteSearch.indexOf(buffer, begin + searched, to, (byte) '\n');
        if (found >= 0) {
            searched = 0;
            int end = found > begin && buffer[found - 1] == '\r' ? found - 1 : found;
            return end - begin > maxSize() ? oversize(found + 1) : frame(begin, end, found + 1);
        }
        if (to - begin - 1 > maxSize()) {
            skipping = true;
            searched = 0;
            return oversize(to);
        }
        searched = to - begin;
        return more(begin);
    }

    /** A count has no leading zero. */
    private static boolean isDigit(byte b, int position) {
        return b >= (position == 0 ? '1' : '0') && b <= '9';
    }
}

package dev.sluice.transport.framing;

/**
 * Frames whose length is known before their payload: from a length field, a varint, or because all are of one size. A
 * length is never believed further than {@code maxSize}: nothing is set aside for a payload that has not arrived.
 */
final class HeaderDecoder extends FrameDecoder {

    /** How the length of a frame is read. */
    interface Header {
        /** The header is not complete. */
        long INCOMPLETE = -1;
        /** No valid header starts with these bytes. */
        long INVALID = -2;

        /** The length of the payload, or one of the above. */
        long payloadLength(byte[] buffer, int from, int to);

        /** The length of the header that {@code payloadLength} has just read. */
        int length(byte[] buffer, int from);

        /** What makes a header invalid, in words for an operator. */
        String rule();
    }

    private final Header header;

    HeaderDecoder(Header header, int maxSize) {
        super(maxSize);
        this.header = header;
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        int begin = skip(from, to);
        if (begin == to) {
            return more(to);
        }
        long length = header.payloadLength(buffer, begin, to);
        if (length == Header.INCOMPLETE) {
            return more(begin);
        }
        if (length == Header.INVALID) {
            return malformed(begin, header.rule());
        }
        int payload = begin + header.length(buffer, begin);
        if (length > maxSize()) {
            return oversize(payload, length);
        }
        if (length > to - payload) {
            return more(begin);
        }
        int end = payload + (int) length;
        return frame(payload, end, end);
    }
}

package dev.sluice.transport.framing;

/** No boundaries: hands on what a read returned, in pieces of {@code maxSize} at the most. */
final class RawDecoder extends FrameDecoder {

    RawDecoder(int maxSize) {
        super(maxSize);
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        if (from == to) {
            return more(to);
        }
        int end = from + Math.min(maxSize(), to - from);
        return frame(from, end, end);
    }
}

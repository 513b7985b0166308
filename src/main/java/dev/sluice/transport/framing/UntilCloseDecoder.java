package dev.sluice.transport.framing;

/** One message: all until the peer ends its side. */
final class UntilCloseDecoder extends FrameDecoder {

    UntilCloseDecoder(int maxSize) {
        super(maxSize);
    }

    @Override
    public Result decode(byte[] buffer, int from, int to) {
        if (skipping) {
            return more(to);
        }
        if (to - from > maxSize()) {
            skipping = true;
            return oversize(to);
        }
        return more(from);
    }

    @Override
    public Result end(byte[] buffer, int from, int to) {
        return skipping || to == from ? more(to) : frame(from, to, to);
    }
}

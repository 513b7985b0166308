package dev.sluice.transport.tcp;

import dev.sluice.memory.Holding;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a proxy says of a connection that it passes on: the PROXY protocol, {@linkplain ProxyHeaderV1 version 1} or
 * {@linkplain ProxyHeaderV2 version 2}, as HAProxy's {@code proxy-protocol.txt} has it. Where that leaves a choice,
 * what is not well-formed is refused, and what is well-formed but not TCP over IP has a source that is not known.
 *
 * @param source where the connection comes from; null if that is the proxy itself, or not known
 * @param local whether it is the proxy's own, which only asks whether we are there
 */
record ProxyHeader(@Nullable InetSocketAddress source, boolean local) {

    static final ProxyHeader UNKNOWN = new ProxyHeader(null, false);
    static final ProxyHeader LOCAL = new ProxyHeader(null, true);
    private static final String OTHERWISE = "it begins otherwise";

    /** There is no such header. What there is instead is not told, since it may be anything. */
    static final class InvalidException extends IOException {

        private static final long serialVersionUID = 1L;

        InvalidException(String problem) {
            super(problem);
        }
    }

    static ProxyHeader of(InetSocketAddress source) {
        return new ProxyHeader(source, false);
    }

    /**
     * Reads a header and nothing of what follows it. What is none ends the reading where it differs, since no more may
     * come.
     *
     * @param memory of the connection, for a header that is long
     * @return null if the stream ends before it begins
     * @throws InvalidException if there is none
     * @throws EOFException if the stream ends within it
     */
    static @Nullable ProxyHeader read(InputStream in, Holding memory) throws IOException {
        int first = in.read();
        if (first < 0) {
            return null;
        }
        if (first == ProxyHeaderV1.START[0]) {
            expect(ProxyHeaderV1.START, in);
            return ProxyHeaderV1.read(in);
        }
        if (first == ProxyHeaderV2.START[0]) {
            expect(ProxyHeaderV2.START, in);
            return ProxyHeaderV2.read(in, memory);
        }
        throw new InvalidException(OTHERWISE);
    }

    private static void expect(byte[] start, InputStream in) throws IOException {
        for (int i = 1; i < start.length; i++) {
            if (next(in) != start[i]) {
                throw new InvalidException(OTHERWISE);
            }
        }
    }

    /** The next byte. */
    static int next(InputStream in) throws IOException {
        int next = in.read();
        if (next < 0) {
            throw new EOFException("the stream ended within it");
        }
        return next;
    }
}

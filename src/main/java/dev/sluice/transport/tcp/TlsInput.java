package dev.sluice.transport.tcp;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketException;

/**
 * What TLS reads a peer's bytes from. Tells a peer that ends the connection within the handshake from one that never
 * began it, and is not closed with the TLS that reads it: at its end there is still something to be written.
 */
final class TlsInput extends FilterInputStream {

    /** Holds a record's header and what follows it in one read. */
    private static final int READ_BYTES = 8 * 1024;

    private boolean begun;

    TlsInput(InputStream in) {
        // The JDK reads a record's header and its rest apart, each from the system if it is not buffered.
        super(new BufferedInputStream(in, READ_BYTES));
    }

    /** Whether a handshake failed because the peer has ended or reset the connection without having sent a byte. */
    static boolean hasSaidNothing(IOException ex) {
        return ex instanceof SilentReset || ex.getCause() instanceof Silence;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            int n = super.read(bytes, offset, length);
            if (n < 0 && !begun) {
                throw new Silence();
            }
            begun = true;
            return n;
        } catch (SocketException ex) {
            throw begun ? ex : new SilentReset(ex);
        }
    }

    @Override
    public void close() {}

    /** The peer has ended its side before it began. */
    private static final class Silence extends EOFException {

        private static final long serialVersionUID = 1L;
    }

    /** The peer has reset the connection before it began. */
    private static final class SilentReset extends SocketException {

        private static final long serialVersionUID = 1L;

        SilentReset(SocketException cause) {
            super(cause.getMessage(), cause);
        }
    }
}

package dev.sluice;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * A TLS client that knows whether its server has said that it ends, which the JDK's own does not tell: a read fails if the
 * stream ends without close_notify.
 */
public final class TlsEnd {

    private static final int PATIENCE_MILLIS = 20_000;

    private TlsEnd() {}

    /** Connects to {@code localhost} and shakes hands. */
    public static SSLSocket connect(SSLContext context, int port, String protocol) throws IOException {
        Socket plain = new Telling(port);
        plain.setSoTimeout(PATIENCE_MILLIS);
        SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket(plain, "localhost", port, true);
        socket.setEnabledProtocols(new String[] {protocol});
        socket.startHandshake();
        return socket;
    }

    /** Says aloud where its stream ends; by then TLS has to have ended. */
    private static final class Telling extends Socket {

        Telling(int port) throws IOException {
            super(InetAddress.getLoopbackAddress(), port);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new FilterInputStream(super.getInputStream()) {
                @Override
                public int read(byte[] bytes, int offset, int length) throws IOException {
                    int n = super.read(bytes, offset, length);
                    if (n < 0) {
                        throw new IOException("the stream ends without close_notify");
                    }
                    return n;
                }
            };
        }
    }
}

package dev.sluice;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/**
 * Either side of TLS that knows whether the other has said that it ends, which the JDK's own does not tell: a read
 * fails if the stream ends without close_notify.
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

    /** Serves a client that has connected until its end, and says how that came. */
    public static String of(SSLContext context, Socket accepted, String protocol) throws IOException {
        SSLSocket socket = (SSLSocket)
                context.getSocketFactory().createSocket(accepted, new TellingInput(accepted.getInputStream()), true);
        socket.setEnabledProtocols(new String[] {protocol});
        try {
            socket.getInputStream().transferTo(OutputStream.nullOutputStream());
            return "close_notify";
        } catch (IOException ex) {
            return String.valueOf(ex.getMessage());
        }
    }

    private static final class Telling extends Socket {

        Telling(int port) throws IOException {
            super(InetAddress.getLoopbackAddress(), port);
        }

        @Override
        public InputStream getInputStream() throws IOException {
            return new TellingInput(super.getInputStream());
        }
    }

    /** Says aloud where the stream ends; by then TLS has to have ended. */
    private static final class TellingInput extends FilterInputStream {

        TellingInput(InputStream in) {
            super(in);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            int n = super.read(bytes, offset, length);
            if (n < 0) {
                throw new IOException("the stream ends without close_notify");
            }
            return n;
        }
    }
}

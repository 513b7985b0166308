package dev.sluice.transport.tcp;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import javax.net.ssl.SSLSocket;

/** What puts TLS over a connection. */
@FunctionalInterface
interface TlsLayer {

    /**
     * Returns a socket whose handshake is still to come; nothing is read or written yet.
     *
     * @param in what the socket's bytes are read from, if that is not the socket itself
     */
    SSLSocket over(Socket socket, InputStream in) throws IOException;
}

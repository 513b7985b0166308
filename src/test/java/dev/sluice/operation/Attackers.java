package dev.sluice.operation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/**
 * Connections that take memory and give nothing back: a program of its own, so that what it costs is not measured as
 * that of those who behave. Whoever is closed comes again after some seconds.
 */
final class Attackers {

    private static final int MILLIS_BETWEEN = 1000;
    private static final int MILLIS_AWAY = 5000;
    private static final int UNFINISHED_BYTES = 65_000;
    private static final int REQUEST_BYTES = 60_000;

    /** What one of them does with a connection. */
    enum Kind {
        /** Sends nearly as much as a message may have, and never its end. */
        UNFINISHED {
            @Override
            void attack(Socket socket) throws IOException {
                socket.getOutputStream().write(line(UNFINISHED_BYTES, 'x'));
                awaitEnd(socket);
            }
        },
        /** Asks for answers that are large, and reads a little of them now and then. */
        SLOW {
            @Override
            void attack(Socket socket) throws IOException, InterruptedException {
                OutputStream out = socket.getOutputStream();
                out.write(line(REQUEST_BYTES, 'x'));
                out.write('\n');
                InputStream in = socket.getInputStream();
                byte[] little = new byte[1024];
                while (in.read(little) >= 0) {
                    Thread.sleep(MILLIS_BETWEEN);
                }
            }
        },
        /** Begins a TLS handshake, and does not go on with it. */
        HANDSHAKE {
            @Override
            void attack(Socket socket) throws IOException, GeneralSecurityException {
                socket.getOutputStream().write(clientHello());
                awaitEnd(socket);
            }
        };

        abstract void attack(Socket socket) throws IOException, GeneralSecurityException, InterruptedException;
    }

    private Attackers() {}

    /** Starts so many of a kind within a time; they go on until what is returned is closed. */
    static AutoCloseable start(Kind kind, int port, int count, Duration within) throws IOException {
        Process process = new ProcessBuilder(SluiceProcess.java(
                        Attackers.class.getName(),
                        kind.name(),
                        Integer.toString(port),
                        Integer.toString(count),
                        Long.toString(within.toMillis())))
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        return () -> process.destroyForcibly().waitFor();
    }

    public static void main(String[] arguments) throws Exception {
        Kind kind = Kind.valueOf(arguments[0]);
        int port = Integer.parseInt(arguments[1]);
        int count = Integer.parseInt(arguments[2]);
        long within = Long.parseLong(arguments[3]);
        for (int i = 0; i < count; i++) {
            // Two addresses, since one has not enough ports for those who come again and again.
            InetAddress address = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (1 + i % 2)});
            Thread.ofVirtual().start(() -> attack(kind, new InetSocketAddress(address, port)));
            if (i % 100 == 99) {
                Thread.sleep(within * 100 / count);
            }
        }
        Thread.sleep(Duration.ofHours(1));
    }

    private static void attack(Kind kind, InetSocketAddress target) {
        while (true) {
            try (Socket socket = new Socket()) {
                socket.setReceiveBufferSize(4096);
                socket.connect(target);
                kind.attack(socket);
            } catch (IOException ex) {
                // Closed, as was to be expected.
            } catch (GeneralSecurityException ex) {
                throw new IllegalStateException(ex);
            } catch (InterruptedException ex) {
                return;
            }
            try {
                Thread.sleep(MILLIS_AWAY + ThreadLocalRandom.current().nextInt(MILLIS_AWAY));
            } catch (InterruptedException ex) {
                return;
            }
        }
    }

    private static void awaitEnd(Socket socket) throws IOException {
        byte[] unread = new byte[1024];
        while (socket.getInputStream().read(unread) >= 0) {}
    }

    private static byte[] line(int length, char filling) {
        return String.valueOf(filling).repeat(length).getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] clientHello() throws IOException, GeneralSecurityException {
        SSLEngine engine = SSLContext.getDefault().createSSLEngine();
        engine.setUseClientMode(true);
        engine.beginHandshake();
        ByteBuffer hello = ByteBuffer.allocate(engine.getSession().getPacketBufferSize());
        engine.wrap(ByteBuffer.allocate(0), hello);
        byte[] bytes = new byte[hello.flip().remaining()];
        hello.get(bytes);
        return bytes;
    }
}

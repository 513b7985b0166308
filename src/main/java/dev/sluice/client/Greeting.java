package dev.sluice.client;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.Charset;
import java.util.Arrays;

/**
 * What a server says first, which nothing frames: it ends when the server pauses. So the first bytes that arrive are
 * it, unless they end within a character.
 */
final class Greeting {

    /** A server that sends its greeting in pieces sends them this close together. */
    private static final int QUIET_MILLIS = 100;

    private final Peer peer;
    private final Charset charset;

    Greeting(Peer peer, Charset charset) {
        this.peer = peer;
        this.charset = charset;
    }

    /**
     * @param limit in bytes
     * @param untilQuiet waits for a pause even after whole characters, so that no rest of the greeting is left for
     *     others
     */
    byte[] receive(Socket socket, int limit, boolean untilQuiet) throws ClientFailure {
        ByteArrayOutputStream greeting = new ByteArrayOutputStream();
        byte[] buffer = new byte[limit];
        try {
            socket.setSoTimeout((int) peer.timeout().toMillis());
            InputStream in = socket.getInputStream();
            int count = in.read(buffer);
            if (count < 0) {
                throw ClientFailure.broken("Connection closed: " + peer
                        + " ended it without a greeting. It may greet nobody, or refuse this address.");
            }
            socket.setSoTimeout(QUIET_MILLIS);
            while (count > 0) {
                greeting.write(buffer, 0, count);
                if (!untilQuiet && cutBytes(greeting.toByteArray()) == 0) {
                    break;
                }
                count = more(in, buffer, limit - greeting.size());
            }
        } catch (SocketTimeoutException ex) {
            throw ClientFailure.timedOut("Timed out: " + peer + " sent no greeting within "
                    + TimeoutConverter.format(peer.timeout()) + ". It may wait to be spoken to first.");
        } catch (IOException ex) {
            throw peer.brokenOff(ex, "before its greeting");
        }
        byte[] all = greeting.toByteArray();
        return all.length < limit ? all : Arrays.copyOf(all, all.length - cutBytes(all));
    }

    private static int more(InputStream in, byte[] buffer, int space) {
        if (space == 0) {
            return 0;
        }
        try {
            return in.read(buffer, 0, space);
        } catch (IOException ex) {
            // A pause, or the end: either way there is a greeting.
            return 0;
        }
    }

    /** How many bytes at the end begin a character that needs more of them. */
    private int cutBytes(byte[] bytes) {
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(
                (int) Math.ceil(bytes.length * (double) charset.newDecoder().maxCharsPerByte()) + 1);
        boolean malformed = charset.newDecoder().decode(in, out, false).isError();
        return malformed ? 0 : in.remaining();
    }
}

package dev.sluice.sink.udp;

import dev.sluice.message.AddressText;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Replacements;
import dev.sluice.sink.Sink;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A UDP receiver, one datagram a message. Sent is delivered: whether anybody receives it, nobody is told, and what the
 * network or a full receive buffer drops is lost. The name is resolved for each batch; how long the answer is good for,
 * the JVM's {@code networkaddress.cache.ttl} says.
 */
final class UdpSink implements Sink {

    /** What a datagram's 16-bit length leaves after the headers: of IP and UDP, and of UDP only. */
    private static final int MOST_IPV4 = 65_507;

    private static final int MOST_IPV6 = 65_527;

    private final String host;
    private final int port;
    private final Replacements replacements;
    /** An interrupt can close it. Guarded by the monitor. */
    private @Nullable DatagramSocket socket;

    UdpSink(String name, UdpSinkProperties properties) {
        this.host = properties.host();
        this.port = properties.port();
        this.replacements = new Replacements(name);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        Map<Integer, Failure> failures = new TreeMap<>();
        int i = 0;
        try {
            InetSocketAddress receiver = new InetSocketAddress(InetAddress.getByName(host), port);
            DatagramSocket open = open();
            for (; i < messages.size(); i++) {
                Failure failure = send(messages.get(i).getPayload(), receiver, open);
                if (failure != null) {
                    failures.put(i, failure);
                }
            }
        } catch (IOException ex) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            Failure failure = Failure.passing(this + ": " + reason(ex));
            for (; i < messages.size(); i++) {
                failures.put(i, failure);
            }
        }
        return Confirmation.allBut(failures);
    }

    private @Nullable Failure send(byte[] payload, InetSocketAddress receiver, DatagramSocket open) throws IOException {
        int most = receiver.getAddress() instanceof Inet4Address ? MOST_IPV4 : MOST_IPV6;
        if (payload.length > most) {
            return tooLarge(payload, "the largest has " + most);
        }
        try {
            open.send(new DatagramPacket(payload, payload.length, receiver));
            return null;
        } catch (SocketException ex) {
            // Of a system or a route that carries less.
            if (reason(ex).toLowerCase(Locale.ROOT).contains("too long")) {
                return tooLarge(payload, reason(ex));
            }
            throw ex;
        }
    }

    private static Failure tooLarge(byte[] payload, String why) {
        return Failure.poison(payload.length + " bytes are too many for a datagram: " + why);
    }

    private synchronized DatagramSocket open() throws SocketException {
        DatagramSocket open = socket;
        if (open == null || open.isClosed()) {
            if (open != null) {
                replacements.tell("the socket", "an interrupt has closed it");
            }
            open = new DatagramSocket();
            socket = open;
        }
        return open;
    }

    private static String reason(IOException ex) {
        String message = ex.getMessage();
        return ex instanceof UnknownHostException || message == null ? "unknown host" : message;
    }

    @Override
    public synchronized void close() {
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    public String toString() {
        return AddressText.bracketed(host) + ":" + port;
    }
}

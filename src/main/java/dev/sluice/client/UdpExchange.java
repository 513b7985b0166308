package dev.sluice.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.OptionalLong;

/**
 * Datagrams to one peer and back. The socket is connected, so that only that peer's answers arrive, and so that the
 * system tells when nothing listens there.
 */
final class UdpExchange {

    /** What a datagram can carry over IPv4. */
    static final int MAX_SIZE = 65_507;

    private static final int TICK_MILLIS = 50;
    private static final int RECEIVE_BUFFER = 4 * 1024 * 1024;

    private final Exchange exchange;
    private final Progress progress = new Progress();
    private long answers;

    UdpExchange(Exchange exchange) {
        this.exchange = exchange;
    }

    void run() throws ClientFailure {
        InetSocketAddress address = new InetSocketAddress(
                exchange.peer().addresses().getFirst(), exchange.peer().port());
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.setReceiveBufferSize(RECEIVE_BUFFER);
            socket.setSoTimeout(TICK_MILLIS);
            socket.setBroadcast(true);
            socket.connect(address);
            exchange(socket);
        } catch (IOException ex) {
            throw exchange.peer().notConnected(ex);
        } finally {
            exchange.printer().flush();
        }
    }

    private void exchange(DatagramSocket socket) throws IOException, ClientFailure {
        Sender sender = new Sender(exchange.messages(), new Writer(socket, progress), progress, () -> {});
        sender.start();
        DatagramPacket answer = new DatagramPacket(new byte[MAX_SIZE + 1], MAX_SIZE + 1);
        while (!over(sender)) {
            try {
                socket.receive(answer);
                progress.moved();
                if (exchange.count().isEmpty() || answers < exchange.count().getAsLong()) {
                    answers++;
                    exchange.printer().answer(Arrays.copyOf(answer.getData(), answer.getLength()));
                }
            } catch (SocketTimeoutException ex) {
                exchange.printer().flush();
                sender.throwFailure();
                if (!progress.awaitingInput()
                        && progress.stillFor(exchange.peer().timeout())) {
                    throw exchange.silent(sender, progress, answers, wanted());
                }
            }
            answer.setLength(MAX_SIZE + 1);
        }
        sender.throwFailure();
    }

    private long wanted() {
        OptionalLong count = exchange.count();
        return count.isPresent() ? count.getAsLong() : progress.sent();
    }

    private boolean over(Sender sender) {
        if (sender.ended()) {
            return answers >= wanted();
        }
        return sender.openEnded() && exchange.count().orElse(0) > 0 && answers >= wanted();
    }

    /** Each message is a datagram. */
    private record Writer(DatagramSocket socket, Progress progress) implements MessageWriter {

        @Override
        public void write(byte[] message) throws IOException, ClientFailure {
            long number = progress.sent() + 1;
            if (message.length > MAX_SIZE) {
                throw tooLarge(number, message.length);
            }
            if (message.length == 0) {
                // On a connected socket, Java silently does nothing then.
                throw ClientFailure.usage(
                        "Message " + number + " is empty, and Java sends no empty datagram. Leave it out, or use TCP.");
            }
            try {
                socket.send(new DatagramPacket(message, message.length));
            } catch (PortUnreachableException ex) {
                throw ex;
            } catch (IOException ex) {
                if (String.valueOf(ex.getMessage()).startsWith("Message too long")) {
                    throw tooLarge(number, message.length);
                }
                throw ex;
            }
            progress.sentOne();
        }

        @Override
        public void pass(InputStream in, byte[] end) {
            throw new IllegalStateException("a datagram is one message");
        }
    }

    private static ClientFailure tooLarge(long number, int size) {
        return ClientFailure.usage("Message " + number + " has " + size + " bytes; a datagram carries " + MAX_SIZE
                + " at the most. Send less, or use TCP.");
    }
}

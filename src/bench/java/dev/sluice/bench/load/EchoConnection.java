package dev.sluice.bench.load;

import dev.sluice.bench.wire.Wire;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;

/** One connection whose {@link Messages} come back: where in their stream it is, in bytes. */
final class EchoConnection {

    private final SelectionKey key;
    private final Wire wire;
    private final Messages messages;
    private final long start;
    private long due;
    private long sent;
    private long received;

    /**
     * @param number of the connection: each starts at other messages, so that one that comes back on the wrong
     * connection is seen
     */
    EchoConnection(SelectionKey key, Wire wire, Messages messages, int number) {
        this.key = key;
        this.wire = wire;
        this.messages = messages;
        this.start = number * 7L * messages.length();
        key.interestOps(SelectionKey.OP_READ);
    }

    void send(int messageCount) throws IOException {
        due += (long) messageCount * messages.length();
        flush();
    }

    void flush() throws IOException {
        sent += wire.write(messages.piece(start + sent, (int) Math.min(due - sent, Messages.PERIOD)));
        int wanted = sent == due && !wire.waits() ? SelectionKey.OP_READ : SelectionKey.OP_READ | SelectionKey.OP_WRITE;
        if (key.interestOps() != wanted) {
            key.interestOps(wanted);
        }
    }

    /** Reads once and checks every byte. Answers how many messages are whole by that. */
    int receive(ByteBuffer buffer) throws IOException {
        int count = wire.read(buffer.clear());
        if (count < 0) {
            throw new IOException("The server closed a connection");
        }
        long before = received;
        received += count;
        if (received > sent || !messages.matches(start + before, buffer.flip())) {
            throw new IOException(
                    "The answers are not what was sent, in the order in which it was sent; seen after %d bytes"
                            .formatted(before));
        }
        return (int) (received / messages.length() - before / messages.length());
    }

    /** How many messages have come back. */
    long returned() {
        return received / messages.length();
    }
}

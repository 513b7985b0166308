package dev.sluice.transport.udp;

import dev.sluice.message.AddressText;
import dev.sluice.message.Origin;
import dev.sluice.message.StreamIds;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The one stream that all datagrams of a listener make from when it is bound until it is closed, whoever sent them and
 * whichever receiver took them. Safe for use by many threads.
 */
final class DatagramStream {

    private final String listener;
    private final String id = StreamIds.next();
    private final AtomicLong sequence = new AtomicLong();

    DatagramStream(String listener) {
        this.listener = listener;
    }

    String listener() {
        return listener;
    }

    /** Returns the number of the next datagram, from 1 on. */
    long next() {
        return sequence.incrementAndGet();
    }

    /** Returns where a datagram of this source comes from. */
    Origin origin(InetSocketAddress source) {
        return new Origin(listener, AddressText.of(source), id, source);
    }
}

package dev.sluice.sink.tcp;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP server. One connection is kept open, opened again when need be, and used by one caller at a time.
 *
 * <p>With {@code expect} a message is delivered when the server has given that answer to it. Another answer is a
 * failure of that message alone, and its stream waits for it. So is the end of the connection for the message whose
 * answer was due; the other streams go on by a new one. Without {@code expect}, a message is delivered when the
 * operating system has taken it: what is on its way when the server or the network fails is lost, and nobody is told.
 * Whatever the server says is dropped then.
 *
 * <p>With framing {@code until-close} each message has a connection of its own, and is delivered when the server has
 * ended that too.
 */
final class TcpSink implements Sink {

    /** How long a server may take, when we stop, to read what it has been sent. */
    private static final Duration LINGER = Duration.ofSeconds(1);

    private final Duration timeout;
    private final Dialogue dialogue;
    private final ReentrantLock turn = new ReentrantLock(true);
    /** Guarded by {@link #turn}, as is what follows. */
    private final TcpLink link;
    /**
     * Whether the server has refused a message since it last took one. Then the next goes alone, so that what is behind
     * it in its stream is not sent in vain once more.
     */
    private boolean wary;

    TcpSink(String name, TcpSinkProperties properties) {
        this.timeout = properties.timeout();
        this.dialogue = new Dialogue(properties);
        this.link = new TcpLink(name, properties, dialogue);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        if (!turn.tryLock(timeout.toNanos(), TimeUnit.NANOSECONDS)) {
            return Confirmation.none(
                    messages.size(), Failure.passing(link + ": busy with other messages for " + link.seconds()));
        }
        try {
            TcpTurn own = new TcpTurn(link, dialogue, wary, messages);
            Confirmation<Failure> confirmation = own.take();
            wary = own.isWary();
            return confirmation;
        } finally {
            turn.unlock();
        }
    }

    @Override
    public void close() {
        link.close(LINGER);
    }
}

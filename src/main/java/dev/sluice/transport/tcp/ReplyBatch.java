package dev.sluice.transport.tcp;

import dev.sluice.memory.Gathering;
import dev.sluice.message.Acceptance;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.FailureAnswer;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a connection owes for the messages it has handed on since it last answered: they are accepted, if they are to be,
 * counted and answered all together. Belongs to the connection's thread.
 */
final class ReplyBatch {

    private static final Logger log = LoggerFactory.getLogger(ReplyBatch.class);

    /** Replies do not gather beyond this. */
    private static final int MOST_BYTES = 64 * 1024;
    /** Where handling may take long, replies do not wait longer than this for others. */
    private static final long MOST_WAIT_NANOS = 1_000_000L;

    private final Traffic listener;
    private final ConnectionTraffic traffic;
    private final ReplyWriter writer;
    private final boolean answersFirst;
    private final boolean repliesMayWait;
    /** What has been handled and has to be accepted before it is answered; null where handling is all. */
    private final @Nullable Unanswered unanswered;

    private final FailureAnswer onFailure;
    private final Gathering gathering;

    private long begunNanos;

    ReplyBatch(TcpTransport transport, FramedConnection connection) {
        this.listener = transport.traffic();
        this.traffic = connection.traffic();
        this.writer = connection.writer();
        this.onFailure = transport.settings().onFailure();
        this.answersFirst = transport.settings().answersFirst();
        this.repliesMayWait = transport.settings().repliesMayWait();
        this.unanswered =
                transport.settings().acceptance() == Acceptance.AT_ONCE ? null : new Unanswered(transport, connection);
        // A message that has to be accepted is encoded for that.
        this.gathering = new Gathering(connection.memory(), unanswered == null ? 1 : 2);
    }

    /** A read returned, or its next message was held up: how long replies take counts from here. Returns this time. */
    long begin() {
        begunNanos = System.nanoTime();
        return begunNanos;
    }

    /** Whether there are messages that wait to be accepted, and more may join them. */
    boolean mayGather() {
        return unanswered != null && unanswered.size() > 0 && unanswered.size() < Unanswered.MOST;
    }

    /** A message of so many bytes is about to be made. Answers whether there is memory for it. */
    boolean tryGather(int bytes) {
        return gathering.tryAdd(bytes);
    }

    /** A message has been handled; its reply is what the writer holds from {@code start} on. Answers all if they are many. */
    void add(ReceivedMessage message, int start, boolean failed) throws IOException {
        if (unanswered != null && !failed) {
            unanswered.add(message, start);
        }
        if (writer.waitingBytes() >= MOST_BYTES
                || unanswered != null && unanswered.size() >= Unanswered.MOST
                || repliesMayWait && System.nanoTime() - begunNanos > MOST_WAIT_NANOS) {
            answer();
        }
    }

    /** The message in hand was refused on its way, and is answered like one that failed if there is an answer for that. */
    void refuse(ReceivedMessage message, int start) throws IOException {
        traffic.refused();
        byte[] answer = onFailure.render(message, Reason.Dropped.REFUSED.text());
        if (answer != null) {
            try {
                writer.reply(answer);
            } catch (IllegalArgumentException ex) {
                log.debug(
                        "Listener '{}': message {} was refused without an answer",
                        message.peer().listener(),
                        message.id(),
                        ex);
            }
        }
        add(message, start, true);
    }

    void answer() throws IOException {
        if (unanswered != null && answersFirst) {
            flush();
        }
        settle();
        flush();
        gathering.clear();
    }

    /** However the connection ends, what has been handled is accepted or counted as failed. */
    void settle() {
        traffic.add(unanswered == null ? 0 : unanswered.accept());
    }

    private void flush() throws IOException {
        if (writer.flush() > 0) {
            listener.repliedAfter(System.nanoTime() - begunNanos);
        }
    }
}

package dev.sluice.transport.tcp;

import dev.sluice.memory.Gathering;
import dev.sluice.memory.Holding;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Answers;
import dev.sluice.transport.Identification;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.Reason;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a connection owes its peer. Replies are framed as they are given, and written together once their messages are
 * accepted. Belongs to the connection's thread.
 */
final class FramedAnswers extends Answers {

    /** Replies do not gather beyond this. */
    private static final int MOST_BYTES = 64 * 1024;
    /** However small the frames of a read are, no more of them wait for one another. */
    private static final int MOST_MESSAGES = 4096;
    /** Read on while others are not yet accepted, by one connection. */
    private static final int MOST_GATHERED_BYTES = 256 * 1024;
    /** The same, by all of the listener. */
    private static final int MOST_GATHERED_BYTES_OF_ALL = 4 << 20;
    /** Replies do not wait longer than this for others, where handling may take long. */
    private static final long MOST_WAIT_NANOS = 1_000_000L;
    /** A buffer of this size is part of what a connection is reckoned to take anyway. */
    private static final int FREE = 4096;

    private static final Framing UNFRAMED = new Framing.Raw();

    /** There is no memory for a reply: the connection is closed. */
    private static final class NoMemoryException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        NoMemoryException() {
            super(null, null, false, false);
        }
    }

    private final Framing framing;
    private final ReplyWriter writer;
    private final ConnectionTraffic traffic;
    private final Holding memory;
    private Gathering gathering;

    private FrameBuffer replies = new FrameBuffer(this::resize);
    /** What waited before some were refused. */
    private FrameBuffer before = replies;

    /** How many replies wait. */
    private int waiting;
    /** The peer gets no more of what was set aside: a message has no answer though the peer waits for one. */
    private boolean cut;

    private Reason.@Nullable Closed end;
    private long begunNanos;

    FramedAnswers(
            TransportSettings settings,
            Inlet inlet,
            Waits waits,
            Framing framing,
            ReplyWriter writer,
            ConnectionTraffic traffic,
            Holding memory) {
        super(settings, inlet, waits);
        this.framing = framing;
        this.writer = writer;
        this.traffic = traffic;
        this.memory = memory;
        this.gathering = gathering(settings, memory);
    }

    /** A message that has to be accepted is encoded for that. */
    private static Gathering gathering(TransportSettings settings, Holding memory) {
        return new Gathering(memory, settings.acceptance() == Acceptance.AT_ONCE ? 1 : 2);
    }

    /** A read returned, and what it brought is handled by these settings. Returns this time. */
    long begin(TransportSettings settings) {
        if (settings != settings()) {
            takeUp(settings);
            gathering = gathering(settings, memory);
        }
        return restart();
    }

    /** How the peer of the message in hand gets an identity. */
    Identification identification() {
        return settings().identification();
    }

    /** How long replies take counts from here, since the next message was held up. Returns this time. */
    long restart() {
        begunNanos = System.nanoTime();
        return begunNanos;
    }

    /**
     * Returns whether there are messages that wait to be accepted, and more may join them.
     *
     * @param bytes that have been read for those
     * @param connections of the listener
     */
    boolean mayGather(int bytes, int connections) {
        return (gathered() > 0 || owed() > 0)
                && owed() < MOST_MESSAGES
                && gathered() < MOST_MESSAGES
                && bytes < MOST_GATHERED_BYTES
                && bytes < MOST_GATHERED_BYTES_OF_ALL / Math.max(1, connections);
    }

    /** A message of so many bytes is about to be made. Returns whether there is memory for it. */
    boolean tryGather(int bytes) {
        return gathering.tryAdd(bytes);
    }

    /** Hands a message on, and answers all if they are many by then. */
    void take(ReceivedMessage message) throws IOException {
        handle(message);
        answerIfMany();
    }

    private void answerIfMany() throws IOException {
        if (replies.size() >= MOST_BYTES || gathered() >= MOST_MESSAGES || mayWait() && hasWaitedLong()) {
            answer();
        }
    }

    /** What others owe is waited for anyway, and is asked for all at once. */
    private boolean hasWaitedLong() {
        int owed = owed();
        return owed == 0 ? System.nanoTime() - begunNanos > MOST_WAIT_NANOS : owed >= MOST_MESSAGES;
    }

    /** Takes a message that fails before it is handed on, and whose peer is told so in its turn. */
    void takeFailed(ReceivedMessage message, Reason reason) throws IOException {
        if (!fail(message, reason.text())) {
            end(Reason.Closed.FAILED);
        }
        answerIfMany();
    }

    /**
     * Frames a reply to the message in hand.
     *
     * @throws IllegalArgumentException if the framing cannot carry this payload; nothing of it is left behind then
     */
    void reply(byte[] payload) {
        reply(payload, framing);
    }

    /** Writes a reply to the message in hand as it is. */
    void replyUnframed(byte[] bytes) {
        reply(bytes, UNFRAMED);
    }

    private void reply(byte[] payload, Framing by) {
        int size = replies.size();
        try {
            by.encode(payload, replies);
        } catch (NoMemoryException ex) {
            // The message has been handled all the same; its peer hears no more, since the connection is closed.
            replies.truncate(size);
            return;
        } catch (RuntimeException | Error ex) {
            replies.truncate(size);
            throw ex;
        }
        waiting++;
    }

    /** The connection has to end behind what is answered by now. The first reason counts. */
    void end(Reason.Closed reason) {
        if (end == null) {
            end = reason;
        }
    }

    /**
     * Why the connection has to end: a message has no answer though its peer waits for one, say. Null if it goes on.
     */
    Reason.@Nullable Closed end() {
        return end;
    }

    /** Has all accepted that were handled, and writes their answers. */
    void answer() throws IOException {
        awaitOwed();
        if (settings().answersFirst()) {
            flush();
        }
        settle();
        flush();
        gathering.clear();
    }

    /** However the connection ends, what has been handled is accepted or counted as failed. */
    void settle() {
        traffic.handled(accept());
    }

    private void flush() throws IOException {
        int answered = waiting;
        waiting = 0;
        if (replies.size() > 0) {
            try {
                writer.write(replies, answered);
            } finally {
                replies.truncate(0);
            }
            replies.shrink();
            settings().traffic().replied.add(answered);
        }
        if (answered > 0) {
            settings().traffic().replies().add(System.nanoTime() - begunNanos);
        }
    }

    private void resize(int from, int to) {
        if (!memory.tryResize(Math.max(FREE, from), Math.max(FREE, to))) {
            throw new NoMemoryException();
        }
    }

    @Override
    protected int repliesEnd() {
        return replies.size();
    }

    @Override
    protected void setAside() {
        before = replies;
        replies = new FrameBuffer(this::resize);
        cut = false;
    }

    @Override
    protected void keep(int begin, int end) {
        if (!cut) {
            try {
                replies.append(before, begin, end);
            } catch (NoMemoryException ex) {
                // The connection is closed, and its peer hears no more.
            }
        } else if (end > begin) {
            waiting--;
        }
    }

    @Override
    protected void keepRest(int begin) {
        keep(begin, before.size());
        before.truncate(0);
        before.shrink();
        before = replies;
    }

    @Override
    protected void replace(int index, ReceivedMessage message, Refusal refusal, boolean expected) {
        if (expected) {
            waiting--;
        }
        // One that had no reply and is dropped needs no other either.
        if (!cut
                && !answer(message, refusal.reason())
                && (expected || Reason.Dropped.of(refusal).isEmpty())) {
            cut = true;
            end(Reason.Closed.FAILED);
        }
    }

    @Override
    protected boolean breakOff() {
        cut = true;
        end(Reason.Closed.FAILED);
        return true;
    }

    @Override
    protected void tell(Reason.Dropped reason, ReceivedMessage message) {
        traffic.tell(reason);
    }
}

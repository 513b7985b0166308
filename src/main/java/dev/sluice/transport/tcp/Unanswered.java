package dev.sluice.transport.tcp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Acceptance;
import dev.sluice.transport.Acceptance.Refused;
import dev.sluice.transport.FailureAnswer;
import dev.sluice.transport.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages of one connection that have been handled, but not yet accepted: those of one read, mostly. Their replies wait in
 * the writer, and go out only once somebody has taken charge of them. Belongs to the connection's thread.
 */
final class Unanswered {

    private static final Logger log = LoggerFactory.getLogger(Unanswered.class);

    /** However small the frames of a read are, no more of them wait for one another. */
    static final int MOST = 4096;

    private final Acceptance acceptance;
    private final FailureAnswer onFailure;
    private final FramedConnection connection;
    private final ReplyWriter writer;
    private final Traffic traffic;
    /** Without those that failed in handling. */
    private final List<ReceivedMessage> messages = new ArrayList<>();
    /** Of each message two: where in the writer's buffer its reply begins and where it ends. */
    private int[] bounds = new int[16];

    Unanswered(TcpTransport transport, FramedConnection connection) {
        this.acceptance = transport.settings().acceptance();
        this.onFailure = transport.settings().onFailure();
        this.connection = connection;
        this.writer = connection.writer();
        this.traffic = transport.traffic();
    }

    int size() {
        return messages.size();
    }

    boolean answersFirst() {
        return acceptance.answersFirst();
    }

    /** The message has been handled; its reply is what the writer holds from {@code start} on. */
    void add(ReceivedMessage message, int start) {
        int at = messages.size() * 2;
        if (at == bounds.length) {
            bounds = Arrays.copyOf(bounds, bounds.length * 2);
        }
        bounds[at] = start;
        bounds[at + 1] = writer.waitingBytes();
        messages.add(message);
    }

    /**
     * Waits until somebody has taken charge of all, and puts other answers in the place of the replies to those that were
     * refused. Answers how many of them were dropped; those that failed count as the connection's failures.
     */
    int accept() {
        if (messages.isEmpty()) {
            return 0;
        }
        try {
            @Nullable Refused @Nullable [] refused = acceptedOrRefused();
            return refused == null ? 0 : refuse(refused);
        } finally {
            messages.clear();
        }
    }

    private @Nullable Refused @Nullable [] acceptedOrRefused() {
        try {
            return acceptance.accept(messages);
        } catch (RuntimeException | Error ex) {
            log.error("Listener '{}': {} messages were not accepted", connection.listener(), messages.size(), ex);
            @Nullable Refused[] all = new Refused[messages.size()];
            Arrays.fill(all, new Refused("internal error", false, null));
            return all;
        }
    }

    private int refuse(@Nullable Refused[] refused) {
        boolean answered = acceptance.answersFirst();
        byte[] replies = writer.takeWaiting();
        int kept = 0;
        int dropped = 0;
        for (int i = 0; i < refused.length; i++) {
            Refused refusal = refused[i];
            if (refusal == null) {
                continue;
            }
            if (refusal.dropped() != null) {
                traffic.dropped(refusal.dropped()).increment();
                dropped++;
            }
            if (answered) {
                connection.failed(refusal.failed() ? 1 : 0);
            } else if (!connection.failedUnanswered()) {
                writer.putBack(replies, kept, bounds[2 * i]);
                kept = bounds[2 * i + 1];
                answer(messages.get(i), refusal, kept > bounds[2 * i]);
            }
        }
        if (!connection.failedUnanswered()) {
            writer.putBack(replies, kept, replies.length);
        }
        return dropped;
    }

    /**
     * @param expected whether the message had a reply; one that has none and is dropped needs no other answer either
     */
    private void answer(ReceivedMessage message, Refused refusal, boolean expected) {
        if (expected) {
            writer.forgetOne();
        }
        byte[] answer = onFailure.render(message, refusal.reason());
        connection.failed(refusal.failed() ? 1 : 0);
        if (answer != null) {
            connection.reply(answer);
        } else if (expected || refusal.dropped() == null) {
            connection.endUnanswered();
        }
    }
}

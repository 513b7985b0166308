package dev.sluice.transport.tcp;

import dev.sluice.memory.Halt;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Confirmation;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.FailureAnswer;
import dev.sluice.transport.Reason.Dropped;
import dev.sluice.transport.Traffic;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Messages of one connection that have been handled, but not yet accepted: those of one read, or of some that had come by then. Their replies wait in
 * the writer, and go out only once somebody has taken charge of them. Belongs to the connection's thread.
 */
final class Unanswered {

    private static final Logger log = LoggerFactory.getLogger(Unanswered.class);

    /** However small the frames of a read are, no more of them wait for one another. */
    static final int MOST = 4096;

    private final Acceptance acceptance;
    private final boolean answersFirst;
    private final FailureAnswer onFailure;
    private final FramedConnection connection;
    private final ReplyWriter writer;
    private final Traffic traffic;
    private final PeerTroubles troubles;
    /** Without those that failed in handling. */
    private final List<ReceivedMessage> messages = new ArrayList<>();
    /** Of each message two: where in the writer's buffer its reply begins and where it ends. */
    private int[] bounds = new int[16];

    Unanswered(TcpTransport transport, FramedConnection connection) {
        this.acceptance = transport.settings().acceptance();
        this.answersFirst = transport.settings().answersFirst();
        this.onFailure = transport.settings().onFailure();
        this.connection = connection;
        this.writer = connection.writer();
        this.traffic = transport.traffic();
        this.troubles = transport.troubles();
    }

    int size() {
        return messages.size();
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
     * refused. Returns how many of them were dropped; those that failed count as the connection's failures.
     */
    int accept() {
        if (messages.isEmpty()) {
            return 0;
        }
        try {
            Confirmation<Refusal> confirmation = confirmation();
            return confirmation.complete() ? 0 : refuse(confirmation.failures());
        } finally {
            messages.clear();
        }
    }

    /** What throws has taken charge of nothing, as far as anybody can tell. */
    private Confirmation<Refusal> confirmation() {
        connection.waits().enter();
        try {
            return acceptance.accept(messages);
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': {} messages were not accepted", connection.listener(), messages.size(), ex);
            return Confirmation.none(messages.size(), new Refusal("internal error", Refusal.Kind.FAILED));
        } finally {
            connection.waits().leave();
        }
    }

    private int refuse(SortedMap<Integer, Refusal> refusals) {
        int dropped = 0;
        for (Refusal refusal : refusals.values()) {
            Optional<Dropped> reason = Dropped.of(refusal);
            if (reason.isPresent()) {
                traffic.dropped(reason.get()).increment();
                troubles.dropped(reason.get(), null, connection.remote());
                dropped++;
            } else if (refusal.kind() == Refusal.Kind.FAILED) {
                connection.traffic().failed();
            }
        }
        if (!answersFirst) {
            answer(refusals);
        }
        return dropped;
    }

    /** Up to the first that has no answer, since the connection ends there. */
    private void answer(SortedMap<Integer, Refusal> refusals) {
        byte[] replies = writer.takeWaiting();
        int kept = 0;
        boolean ends = false;
        for (int i = 0; i < messages.size(); i++) {
            Refusal refusal = refusals.get(i);
            boolean expected = bounds[2 * i + 1] > bounds[2 * i];
            if (expected && (ends || refusal != null)) {
                writer.forgetOne();
            }
            if (refusal != null && !ends) {
                writer.putBack(replies, kept, bounds[2 * i]);
                kept = bounds[2 * i + 1];
                ends = !answer(messages.get(i), refusal)
                        && (expected || Dropped.of(refusal).isEmpty());
            }
        }
        if (ends) {
            connection.endUnanswered();
        } else {
            writer.putBack(replies, kept, replies.length);
        }
    }

    /** Returns whether there is an answer; a message that had no reply and is dropped needs none either. */
    private boolean answer(ReceivedMessage message, Refusal refusal) {
        byte[] answer = onFailure.render(message, refusal.reason());
        if (answer == null) {
            return false;
        }
        try {
            connection.reply(answer);
            return true;
        } catch (IllegalArgumentException ex) {
            log.debug(
                    "Listener '{}': message {} was refused without an answer",
                    message.peer().listener(),
                    message.id(),
                    ex);
            return false;
        }
    }
}

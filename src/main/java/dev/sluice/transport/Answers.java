package dev.sluice.transport;

import dev.sluice.memory.Halt;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Awaited;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Handling;
import dev.sluice.message.ReceivedMessage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is owed for the messages that one thread has taken in a row: they are handed on one by one, then accepted all
 * together, answered in their order, and counted. Their replies wait until then; those to messages that are refused
 * give way to other answers. Belongs to that thread.
 */
public abstract class Answers {

    private static final Logger log = LoggerFactory.getLogger(Answers.class);

    private final Inlet inlet;
    private final Waits waits;
    /** The settings as they were at the last read. */
    private TransportSettings settings;
    // These of them are asked for each message.
    private Handling handling;
    private boolean mayWait;
    private boolean toAccept;

    /** Those that wait to be accepted, in the form in which they were handled. */
    private final List<ReceivedMessage> messages = new ArrayList<>();
    /** Two for each of these: where its replies begin among those that wait, and where they end. */
    private int[] bounds = {};

    /** Null until something is owed for the first time. */
    private @Nullable OwedAnswers owed;

    /** Whether the message in hand has failed. */
    private boolean failed;
    /** Whether it is answered, and no more than that. */
    private boolean quiet;

    // These count what has been handled since the meters were told last.
    private int handled;
    private int failures;
    private int dropped;
    private int quieted;

    /**
     * @param waits of the thread
     */
    protected Answers(TransportSettings settings, Inlet inlet, Waits waits) {
        this.inlet = inlet;
        this.waits = waits;
        takeUp(settings);
    }

    /** What is taken from now on is handled by these. Nothing waits when they change. */
    protected final void takeUp(TransportSettings settings) {
        this.settings = settings;
        this.handling = settings.handling();
        this.mayWait = settings.repliesMayWait();
        this.toAccept = settings.acceptance() != Acceptance.AT_ONCE;
    }

    protected final TransportSettings settings() {
        return settings;
    }

    /** How the message in hand is handled. */
    public final Handling handling() {
        return handling;
    }

    /** Whether replies should not wait for those to follow, since handling may take long. */
    protected final boolean mayWait() {
        return mayWait;
    }

    /** How many messages wait to be accepted. */
    protected final int gathered() {
        return messages.size();
    }

    /** A message was for somebody who waited for it, and for nobody else. */
    public final void keepBack() {
        handled++;
        quieted++;
    }

    /** Hands a message on. */
    protected final void handle(ReceivedMessage message) {
        int begin = toAccept ? repliesEnd() : 0;
        failed = false;
        quiet = false;
        ReceivedMessage taken = mayWait ? handOnInWait(message) : handOn(message);
        if (taken == null) {
            settings.traffic().received.increment();
            drop(Reason.Dropped.REFUSED, message);
            // It is answered like one that failed, if there is an answer for that.
            boolean _ = answer(message, Reason.Dropped.REFUSED.text());
            return;
        }
        handled++;
        if (failed) {
            failures++;
        } else if (quiet) {
            quieted++;
            if (owed != null) {
                owed.quiet(taken);
            }
        } else if (toAccept) {
            gather(taken, begin);
        }
    }

    /**
     * Takes a message that fails before it is handed on.
     *
     * @return whether its peer has an answer for that
     */
    protected final boolean fail(ReceivedMessage message, String reason) {
        handled++;
        failures++;
        return answer(message, reason);
    }

    private @Nullable ReceivedMessage handOnInWait(ReceivedMessage message) {
        waits.enter();
        try {
            return handOn(message);
        } finally {
            waits.leave();
        }
    }

    private @Nullable ReceivedMessage handOn(ReceivedMessage message) {
        try {
            return inlet.handOn(message);
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error(
                    "Listener '{}': nothing behind its channel took a message",
                    message.peer().listener(),
                    ex);
            message.fail(null);
            return message;
        }
    }

    /** The message in hand has failed, whatever its peer is told. */
    public final void failed() {
        failed = true;
    }

    /** The message in hand is not for anybody to accept: its replies keep their place among the others. */
    public final void quiet() {
        quiet = true;
    }

    /** The message in hand is answered by this, once that has come. */
    public final void owe(ReceivedMessage message, Awaited answer) {
        if (owed == null) {
            owed = new OwedAnswers(this);
        }
        owed.add(message, answer, repliesEnd(), messages.size());
    }

    /** How many answers are still to come. */
    protected final int owed() {
        return owed == null ? 0 : owed.size();
    }

    /** Waits for what is owed. It is done before any of the messages are accepted, and any of the replies sent. */
    protected final void awaitOwed() {
        if (owed != null && owed.size() > 0) {
            waits.enter();
            try {
                owed.await(messages, bounds);
            } finally {
                waits.leave();
            }
        }
    }

    /** A message turns out to have failed. Returns whether its peer gets more: it has an answer, or none is missed. */
    final boolean failLate(ReceivedMessage message, Throwable cause) {
        handling.report(message, cause);
        message.failTrace();
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return answer(message, reason) || !breakOff();
    }

    /**
     * @param wasQuiet whether it was counted as one that is only answered
     */
    final void countFailure(boolean wasQuiet) {
        failures++;
        if (wasQuiet) {
            quieted--;
        }
    }

    private void gather(ReceivedMessage message, int begin) {
        int at = messages.size() * 2;
        if (at == bounds.length) {
            bounds = Arrays.copyOf(bounds, Math.max(16, at * 2));
        }
        bounds[at] = begin;
        bounds[at + 1] = repliesEnd();
        messages.add(message);
    }

    /** Has those accepted that wait to be, and counts all that were handled. Returns how many these are. */
    protected final int accept() {
        if (owed != null && owed.size() > 0) {
            owed.forsake(messages, bounds);
        }
        try {
            if (!messages.isEmpty()) {
                Confirmation<Refusal> confirmation = confirmation();
                if (!confirmation.complete()) {
                    refuse(confirmation);
                }
            }
        } finally {
            messages.clear();
        }
        return count();
    }

    /** What throws has taken charge of nothing, as far as anybody can tell. */
    private Confirmation<Refusal> confirmation() {
        waits.enter();
        try {
            return settings.acceptance().accept(messages);
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            String listener = messages.getFirst().peer().listener();
            log.error("Listener '{}': {} messages were not accepted", listener, messages.size(), ex);
            return Confirmation.none(messages.size(), new Refusal("internal error", Refusal.Kind.FAILED));
        } finally {
            waits.leave();
        }
    }

    private void refuse(Confirmation<Refusal> confirmation) {
        confirmation.failures().forEach((index, refusal) -> {
            Optional<Reason.Dropped> reason = Reason.Dropped.of(refusal);
            if (reason.isPresent()) {
                dropped++;
                drop(reason.get(), messages.get(index));
            } else if (refusal.kind() == Refusal.Kind.FAILED) {
                failures++;
            }
        });
        if (!settings.answersFirst()) {
            rearrange(confirmation);
        }
    }

    private void rearrange(Confirmation<Refusal> confirmation) {
        setAside();
        int next = 0;
        for (int i = 0; i < messages.size(); i++) {
            int begin = bounds[2 * i];
            int end = bounds[2 * i + 1];
            // Those to messages that failed before.
            keep(next, begin);
            Refusal refusal = confirmation.failure(i);
            if (refusal == null) {
                keep(begin, end);
            } else {
                replace(i, messages.get(i), refusal, end > begin);
            }
            next = end;
        }
        keepRest(next);
    }

    /** Answers a message that is not accepted. Returns whether there is an answer. */
    protected final boolean answer(ReceivedMessage message, String reason) {
        byte[] answer = settings.handling().failureAnswer(message, reason);
        if (answer == null) {
            return false;
        }
        try {
            message.reply(answer);
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

    private void drop(Reason.Dropped reason, ReceivedMessage message) {
        settings.traffic().dropped(reason).increment();
        tell(reason, message);
    }

    private int count() {
        int counted = handled;
        if (counted > 0) {
            Traffic traffic = settings.traffic();
            traffic.received.add(counted);
            traffic.accepted.add(counted - failures - dropped);
            if (failures > 0) {
                traffic.failed.add(failures);
            }
            if (quieted > 0) {
                traffic.quiet.add(quieted);
            }
            handled = 0;
            quieted = 0;
            failures = 0;
            dropped = 0;
        }
        return counted;
    }

    /** Returns where the replies that wait end. Any measure of them will do. */
    protected abstract int repliesEnd();

    /** What waits so far is set aside: only what is kept of it, or takes its place, waits from now on. */
    protected abstract void setAside();

    /** The replies between these, which were set aside, wait again. */
    protected abstract void keep(int begin, int end);

    /** The same of all from here on. It is the last that is kept. */
    protected abstract void keepRest(int begin);

    /**
     * In the place of what was set aside of a message its peer gets another answer.
     *
     * @param index in the order of those that were gathered
     * @param expected whether it had a reply
     */
    protected abstract void replace(int index, ReceivedMessage message, Refusal refusal, boolean expected);

    /** Its peer waits for an answer to a message, and there is none. Returns whether it gets no more at all. */
    protected abstract boolean breakOff();

    /**
     * What is sent next is an answer that was owed.
     *
     * @param number in the order in which these were owed
     */
    protected void resume(int number) {}

    /** Logs that a message was dropped. */
    protected abstract void tell(Reason.Dropped reason, ReceivedMessage message);
}

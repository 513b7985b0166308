package dev.sluice.transport.udp;

import dev.sluice.memory.Gathering;
import dev.sluice.memory.Halt;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.AddressText;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Handling;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Reason;
import dev.sluice.transport.SuppressingLog;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Datagrams that one receiver took in a row: handled one by one, then accepted all together, answered in their order, and
 * counted. Where nobody has to accept, or peers are answered first, a reply goes out at once. Belongs to the receiver's thread.
 */
final class DatagramBatch {

    private static final Logger log = LoggerFactory.getLogger(DatagramBatch.class);
    private static final int MOST_MESSAGES = 512;
    /** Of what was received, and as much of the replies that wait. */
    private static final int MOST_BYTES = 1024 * 1024;
    /** Where handling may take long, what was handled does not wait longer than this for others. */
    private static final long MOST_WAIT_NANOS = 1_000_000L;

    private record Reply(int message, DatagramPeer peer, byte[] payload) {}

    private TransportSettings settings;
    private final String listener;
    private final Waits waits;
    private final ReplyGuard replyGuard;
    private final SuppressingLog<Reason.Dropped> dropLog;
    private final SuppressingLog<Reason.Withheld> withheldLog;

    private final Gathering gathering;
    private final List<ReceivedMessage> messages = new ArrayList<>();
    /** Of {@link #messages}: those that failed in handling. */
    private final BitSet failed = new BitSet();

    /** The same messages in the form in which they were handled. */
    private final List<ReceivedMessage> handled = new ArrayList<>();
    /** Of {@link #failed}: those that are dropped, and do not count as failed. */
    private int turnedAway;

    private final List<Reply> replies = new ArrayList<>();
    private long startedNanos;
    private long bytesReceived;
    private long bytesWaiting;
    /** By {@link Reason.Dropped#ordinal()}. */
    private final int[] dropped = new int[Reason.Dropped.values().length];

    private int allDropped;
    /** There is no memory for more. */
    private boolean outOfRoom;

    private boolean withheld;
    private int replied;
    private long bytesSent;

    /**
     * @param waits of the receiver's thread
     */
    DatagramBatch(UdpTransport transport, TransportSettings settings, Waits waits) {
        this.listener = transport.listener();
        this.settings = settings;
        this.waits = waits;
        this.replyGuard = new ReplyGuard(transport.maxReplyFactor());
        this.dropLog = transport.dropLog();
        this.withheldLog = transport.withheldLog();
        // What was received, what is encoded for whoever accepts it, and the reply.
        this.gathering = new Gathering(transport.memory().aside(), 3);
    }

    /** What is taken from now on is handled by these. */
    void start(TransportSettings settings) {
        this.settings = settings;
        startedNanos = System.nanoTime();
    }

    boolean isFull() {
        return messages.size() + allDropped >= MOST_MESSAGES
                || bytesReceived >= MOST_BYTES
                || bytesWaiting >= MOST_BYTES
                || outOfRoom
                || settings.repliesMayWait() && System.nanoTime() - startedNanos > MOST_WAIT_NANOS;
    }

    /** Counts a datagram of so many bytes that is not taken. */
    void drop(Reason.Dropped reason, InetSocketAddress source, int bytes) {
        dropped[reason.ordinal()]++;
        allDropped++;
        bytesReceived += bytes;
        dropLog.warn(
                reason,
                () -> "dropped a datagram of " + bytes + " bytes of " + AddressText.of(source) + ": " + reason.text());
    }

    /** Takes a message that is to be handled now: replies are to this one until the next. */
    void add(ReceivedMessage message) {
        messages.add(message);
        handled.add(message);
        bytesReceived += message.getPayload().length;
        outOfRoom = !gathering.tryAdd(message.getPayload().length);
        replyGuard.begin(message.getPayload());
    }

    /** The message in hand was handled in this form. What its source may be sent goes by what it had sent. */
    void replace(ReceivedMessage handled) {
        this.handled.set(messages.size() - 1, handled);
    }

    /** The message in hand was refused on its way, and is answered like one that failed if there is an answer for that. */
    void refuse(DatagramPeer peer) {
        fail();
        turnedAway++;
        Reason.Dropped reason = Reason.Dropped.REFUSED;
        dropLog.warn(reason, () -> "dropped a datagram of " + AddressText.of(peer.remote()) + ": " + reason.text());
        byte[] answer = settings.onFailure().render(messages.getLast(), reason.text());
        if (answer != null && peer.fits(answer)) {
            reply(peer, answer);
        }
    }

    Handling handling() {
        return settings.handling();
    }

    private boolean repliesAtOnce() {
        return settings.acceptance() == Acceptance.AT_ONCE || settings.answersFirst();
    }

    void reply(DatagramPeer peer, byte[] payload) {
        if (!mayReply(peer, payload)) {
            return;
        }
        if (repliesAtOnce()) {
            send(peer, payload);
        } else {
            replies.add(new Reply(messages.size() - 1, peer, payload));
            bytesWaiting += payload.length;
        }
    }

    private boolean mayReply(DatagramPeer peer, byte[] payload) {
        Reason.Withheld reason = replyGuard.refuse(peer, payload);
        if (reason == null) {
            return true;
        }
        withheld = true;
        traffic().withheld(reason).increment();
        withheldLog.warn(
                reason,
                () -> "did not send a reply of " + payload.length + " bytes to " + AddressText.of(peer.remote()) + ": "
                        + why(reason));
        return false;
    }

    private static String why(Reason.Withheld reason) {
        return switch (reason) {
            case TOO_LONG -> "it is longer than 'udp.max-reply-factor' permits for what came";
            case SYSTEM_PORT -> "the port is below 1024";
            case NOT_UNICAST -> "the address is that of many, or of nobody";
        };
    }

    /** Why nothing is ever sent there; null if it can be a peer. */
    Reason.@Nullable Withheld unanswerable(InetSocketAddress target) {
        return replyGuard.refuse(target);
    }

    void fail() {
        failed.set(messages.size() - 1);
    }

    /** Has all accepted that did not fail, answers, and begins anew. */
    void settle() {
        if (messages.isEmpty() && allDropped == 0) {
            return;
        }
        Map<Integer, Refusal> refusals = refusals();
        answer(refusals);
        count(refusals.values());
        tellSuppressed();
        messages.clear();
        failed.clear();
        handled.clear();
        turnedAway = 0;
        replies.clear();
        gathering.clear();
        outOfRoom = false;
        bytesReceived = 0;
        bytesWaiting = 0;
        Arrays.fill(dropped, 0);
        allDropped = 0;
        withheld = false;
        replied = 0;
        bytesSent = 0;
        startedNanos = System.nanoTime();
    }

    private void tellSuppressed() {
        if (allDropped + turnedAway > 0) {
            dropLog.tellSuppressed();
        }
        if (withheld) {
            withheldLog.tellSuppressed();
        }
    }

    /** Has those accepted that did not fail before. Returns why some were not, by their index in {@link #messages}. */
    private Map<Integer, Refusal> refusals() {
        if (settings.acceptance() == Acceptance.AT_ONCE || failed.cardinality() == messages.size()) {
            return Map.of();
        }
        List<ReceivedMessage> accepted = new ArrayList<>(messages.size());
        for (int i = failed.nextClearBit(0); i < messages.size(); i = failed.nextClearBit(i + 1)) {
            accepted.add(handled.get(i));
        }
        Confirmation<Refusal> confirmation = accept(accepted);
        if (confirmation.complete()) {
            return Map.of();
        }
        Map<Integer, Refusal> refusals = new HashMap<>();
        int next = 0;
        for (int i = failed.nextClearBit(0); i < messages.size(); i = failed.nextClearBit(i + 1)) {
            Refusal refusal = confirmation.failure(next++);
            if (refusal != null) {
                refusals.put(i, refusal);
            }
        }
        return refusals;
    }

    private Confirmation<Refusal> accept(List<ReceivedMessage> messages) {
        waits.enter();
        try {
            return settings.acceptance().accept(messages);
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.error("Listener '{}': {} datagrams were not accepted", listener, messages.size(), ex);
            return Confirmation.none(messages.size(), new Refusal("internal error", Refusal.Kind.FAILED));
        } finally {
            waits.leave();
        }
    }

    private void answer(Map<Integer, Refusal> refusals) {
        int next = 0;
        for (int i = 0; i < messages.size(); i++) {
            Refusal why = refusals.get(i);
            if (why != null && !repliesAtOnce()) {
                answerFailure(messages.get(i), why);
            }
            while (next < replies.size() && replies.get(next).message == i) {
                Reply reply = replies.get(next++);
                if (why == null) {
                    send(reply.peer, reply.payload);
                }
            }
        }
    }

    private void answerFailure(ReceivedMessage message, Refusal why) {
        try {
            byte[] answer = settings.onFailure().render(message, why.reason());
            DatagramPeer peer = (DatagramPeer) message.peer();
            // In place of replies that are not sent.
            replyGuard.begin(message.getPayload());
            if (answer != null && peer.fits(answer) && mayReply(peer, answer)) {
                send(peer, answer);
            }
        } catch (RuntimeException ex) {
            log.debug("Listener '{}': message {} was refused without an answer", listener, message.id(), ex);
        }
    }

    private void send(DatagramPeer peer, byte[] payload) {
        if (peer.send(payload)) {
            replied++;
            bytesSent += payload.length;
        }
    }

    private Traffic traffic() {
        return settings.traffic();
    }

    private void count(Collection<Refusal> refusals) {
        if (replied > 0) {
            traffic().replied.add(replied);
            traffic().bytesSent.add(bytesSent);
            traffic().repliedAfter(System.nanoTime() - startedNanos);
        }
        traffic().bytesReceived.add(bytesReceived);
        traffic().received.add(messages.size() + allDropped);
        if (allDropped > 0) {
            for (Reason.Dropped reason : Reason.Dropped.values()) {
                traffic().dropped(reason).add(dropped[reason.ordinal()]);
            }
        }
        int failures = failed.cardinality() - turnedAway;
        int droppedAfterwards = turnedAway;
        traffic().dropped(Reason.Dropped.REFUSED).add(turnedAway);
        for (Refusal why : refusals) {
            Optional<Reason.Dropped> reason = Reason.Dropped.of(why);
            if (reason.isPresent()) {
                traffic().dropped(reason.get()).increment();
                droppedAfterwards++;
            } else if (why.kind() == Refusal.Kind.FAILED) {
                failures++;
            }
        }
        traffic().failed.add(failures);
        traffic().accepted.add(messages.size() - failures - droppedAfterwards);
    }
}

package dev.sluice.transport.udp;

import dev.sluice.memory.Gathering;
import dev.sluice.memory.Holding;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Acceptance.Refusal;
import dev.sluice.message.Peer.End;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.trace.FrameTraces;
import dev.sluice.transport.Answers;
import dev.sluice.transport.Inlet;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Tap;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.TransportSettings;
import dev.sluice.transport.Waits;
import dev.sluice.transport.framing.Framing;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the datagrams of a batch are answered. Where nobody has to accept them, or peers are answered first, a reply
 * goes out at once. Belongs to the receiver's thread.
 */
final class DatagramAnswers extends Answers {

    private static final int MOST_MESSAGES = 512;
    /** A batch has no more bytes received, and no more bytes of replies that wait. */
    private static final int MOST_BYTES = 1024 * 1024;
    /** What was handled does not wait longer than this for others, where handling may take long. */
    private static final long MOST_WAIT_NANOS = 1_000_000L;

    private record Reply(DatagramPeer peer, byte[] payload) {}

    private final ReplyGuard replyGuard;
    /** Those that replies are; null if replies are sent as they are. */
    private Framing.@Nullable Frames frames;

    private final SourceTroubles troubles;
    private final Gathering gathering;

    /** Those that wait to be accepted, as they were received: what their sources may be sent goes by that. */
    private final List<ReceivedMessage> requests = new ArrayList<>();

    /** Those that answers are owed to, as they were received. */
    private final List<ReceivedMessage> owing = new ArrayList<>();

    private List<Reply> replies = new ArrayList<>();
    /** What waited before some were refused. */
    private List<Reply> before = List.of();

    /** Those who look on; null if nobody does. */
    private Tap.@Nullable Onlookers onlookers;

    /** Null if nothing is traced. */
    private final @Nullable FrameTraces traces;

    private long startedNanos;
    private int taken;
    private long bytesReceived;
    private long bytesPassedOver;
    private long bytesWaiting;
    /** How many were dropped, by {@link Reason.Dropped#ordinal()}. */
    private final int[] dropped = new int[Reason.Dropped.values().length];

    private int allDropped;
    /** There is no memory for more. */
    private boolean outOfRoom;

    /** Whether there may be something that the log has left out. */
    private boolean told;

    private int replied;
    private long bytesSent;

    /**
     * @param waits of the receiver's thread
     */
    DatagramAnswers(
            TransportSettings settings,
            Inlet inlet,
            Waits waits,
            ReplyGuard replyGuard,
            Holding memory,
            SourceTroubles troubles) {
        super(settings, inlet, waits);
        this.replyGuard = replyGuard;
        this.troubles = troubles;
        this.traces = settings.newFrameTraces();
        // What was received, what is encoded for whoever accepts it, and the reply.
        this.gathering = new Gathering(memory, 3);
    }

    /**
     * What is taken from now on is handled by these settings.
     *
     * @param watchers those who look on; null if nobody does
     */
    void begin(TransportSettings settings, Tap.@Nullable Onlookers watchers) {
        takeUp(settings);
        onlookers = watchers;
        startedNanos = System.nanoTime();
    }

    /** Replies are these from now on; null if they are sent as they are. */
    void frames(Framing.@Nullable Frames frames) {
        this.frames = frames;
    }

    boolean isFull() {
        return taken + allDropped >= MOST_MESSAGES
                || bytesReceived >= MOST_BYTES
                || bytesWaiting >= MOST_BYTES
                || outOfRoom
                || settings().repliesMayWait() && owed() == 0 && System.nanoTime() - startedNanos > MOST_WAIT_NANOS;
    }

    /**
     * Counts a datagram of so many bytes that is not taken.
     *
     * @param problem what is malformed, in words; null with other reasons
     */
    void drop(Reason.Dropped reason, @Nullable String problem, InetSocketAddress source, int bytes) {
        dropped[reason.ordinal()]++;
        allDropped++;
        bytesReceived += bytes;
        told = true;
        troubles.dropped(reason, problem, source, bytes);
    }

    /** Counts bytes between the frames of a datagram. */
    void passOver(int bytes) {
        bytesReceived += bytes;
        bytesPassedOver += bytes;
    }

    /** Takes a message that fails before it is handed on. */
    void takeFailed(ReceivedMessage message, Reason reason) {
        begin(message);
        boolean _ = fail(message, reason.text());
    }

    private void begin(ReceivedMessage message) {
        int length = message.getPayload().length;
        taken++;
        bytesReceived += length;
        outOfRoom = !gathering.tryAdd(length);
        if (onlookers != null) {
            onlookers.received(message.origin(), message.getPayload());
        }
        if (traces != null) {
            traces.take(message);
        }
        replyGuard.begin(message.getPayload());
    }

    /** Hands a message on: replies are to this one until the next. */
    void take(ReceivedMessage message) {
        begin(message);
        handle(message);
        if (owed() > owing.size()) {
            owing.add(message);
        }
        if (gathered() > requests.size()) {
            requests.add(message);
        }
    }

    void reply(DatagramPeer peer, byte[] answer) {
        byte[] payload = frames == null ? answer : frames.patterns().escaped(answer);
        Reason.Withheld reason = replyGuard.refuse(peer, payload);
        if (reason != null) {
            settings().traffic().withheld(reason).increment();
            troubles.withheld(reason, peer.remote(), payload.length);
            told = true;
        } else if (settings().acceptance() == Acceptance.AT_ONCE || settings().answersFirst()) {
            send(peer, payload);
        } else {
            replies.add(new Reply(peer, payload));
            bytesWaiting += payload.length;
        }
    }

    /** Why nothing is ever sent there; null if it can be a peer. */
    Reason.@Nullable Withheld unanswerable(InetSocketAddress target) {
        return replyGuard.refuse(target);
    }

    /** Why a device is not served; null if it is. */
    @Nullable
    End refusal(String identity) {
        return settings().identification().refusal(identity);
    }

    private void send(DatagramPeer peer, byte[] payload) {
        if (peer.send(payload)) {
            replied++;
            bytesSent += payload.length;
            if (onlookers != null) {
                onlookers.sent(peer.origin(), payload);
            }
        }
    }

    /** Has all accepted that did not fail, answers, and begins anew. */
    void settle() {
        if (taken == 0 && allDropped == 0 && bytesReceived == 0) {
            return;
        }
        awaitOwed();
        owing.clear();
        int _ = accept();
        replies.forEach(reply -> send(reply.peer, reply.payload));
        if (traces != null) {
            traces.answered();
        }
        count(settings().traffic());
        if (told) {
            troubles.tellSuppressed();
        }
        replies.clear();
        requests.clear();
        gathering.clear();
        outOfRoom = false;
        taken = 0;
        bytesReceived = 0;
        bytesPassedOver = 0;
        bytesWaiting = 0;
        Arrays.fill(dropped, 0);
        allDropped = 0;
        told = false;
        replied = 0;
        bytesSent = 0;
        startedNanos = System.nanoTime();
    }

    private void count(Traffic traffic) {
        if (replied > 0) {
            traffic.replied.add(replied);
            traffic.bytesSent.add(bytesSent);
            traffic.replies().add(System.nanoTime() - startedNanos);
        }
        traffic.bytesReceived.add(bytesReceived);
        traffic.bytesPassedOver.add(bytesPassedOver);
        if (allDropped > 0) {
            traffic.received.add(allDropped);
            for (Reason.Dropped reason : Reason.Dropped.values()) {
                traffic.dropped(reason).add(dropped[reason.ordinal()]);
            }
        }
    }

    @Override
    protected int repliesEnd() {
        return replies.size();
    }

    @Override
    protected void setAside() {
        before = replies;
        replies = new ArrayList<>();
    }

    @Override
    protected void keep(int begin, int end) {
        replies.addAll(before.subList(begin, end));
    }

    @Override
    protected void keepRest(int begin) {
        keep(begin, before.size());
        before = List.of();
    }

    @Override
    protected void replace(int index, ReceivedMessage message, Refusal refusal, boolean expected) {
        replyGuard.begin(requests.get(index).getPayload());
        boolean _ = answer(message, refusal.reason());
    }

    /** Other sources are answered all the same. */
    @Override
    protected boolean breakOff() {
        return false;
    }

    @Override
    protected void resume(int number) {
        replyGuard.begin(owing.get(number).getPayload());
    }

    @Override
    protected void tell(Reason.Dropped reason, ReceivedMessage message) {
        told = true;
        troubles.dropped(reason, null, message.peer().remote(), message.getPayload().length);
    }
}

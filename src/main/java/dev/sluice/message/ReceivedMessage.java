package dev.sluice.message;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.MessageHeaders;
import org.springframework.messaging.support.GenericMessage;

/**
 * One frame or datagram on its way through a listener's channel.
 *
 * <p>The headers are those of the peer and are shared by all its messages, so that a message costs nothing but its
 * payload: no header map, no UUID, no timestamp of its own. What differs from message to message stands in fields.
 */
public final class ReceivedMessage extends GenericMessage<byte[]> implements Envelope {

    private static final long serialVersionUID = 1L;

    private final transient Peer peer;
    /** Null as long as nobody has said anything of it. */
    private transient @Nullable Findings findings;

    private final long sequence;
    private final long receivedAt;

    /**
     * @param payload the bytes between the frame's boundaries
     * @param headers the headers of the peer, used as they are
     * @param peer who sent it
     * @param sequence counts from 1 within {@link Origin#stream()}
     * @param receivedAt when the read that brought it returned, in milliseconds since the epoch
     */
    public ReceivedMessage(byte[] payload, MessageHeaders headers, Peer peer, long sequence, long receivedAt) {
        super(payload, headers);
        this.peer = peer;
        this.sequence = sequence;
        this.receivedAt = receivedAt;
    }

    /** What a rule and a bean have said of it. */
    private static final class Findings {
        /** Null where its peer has not said to be somebody else: it is that of the peer then. */
        private @Nullable Origin origin;

        private Fields found = Fields.NONE;
        private Map<String, String> told = Map.of();
        private @Nullable List<String> sinks;
        private boolean unframed;
        private @Nullable Trace trace;
    }

    private Findings findings() {
        Findings present = findings;
        if (present == null) {
            present = new Findings();
            findings = present;
        }
        return present;
    }

    public Peer peer() {
        return peer;
    }

    /** What is handled in its place: of the same peer and with the same id, with a payload and headers of its own. */
    public ReceivedMessage replacedBy(byte[] payload, MessageHeaders headers) {
        ReceivedMessage other = new ReceivedMessage(payload, headers, peer, sequence, receivedAt);
        if (findings != null) {
            other.findings().origin = findings.origin;
            other.findings().found = findings.found;
            other.findings().told = findings.told;
            other.findings().trace = findings.trace;
        }
        return other;
    }

    /** Keeps who its peer is by now, since a later message may say that it is somebody else. */
    public void keepOrigin() {
        identify(origin());
    }

    /** Its own rule, or a bean, has said who sent it. Belongs to the thread that handles it, as what follows does. */
    public void identify(Origin identified) {
        findings().origin = identified;
    }

    /** Its own rule has found these in it. */
    public void found(Fields fields) {
        findings().found = fields;
    }

    /** A bean has said this about it. */
    public void told(Map<String, String> fields) {
        findings().told = fields;
    }

    /** It was chosen to have a trace. */
    public void traced(Trace trace) {
        findings().trace = trace;
    }

    /** Returns its trace; null unless it was chosen to have one. */
    public @Nullable Trace trace() {
        return findings == null ? null : findings.trace;
    }

    /** Its own rule sends it there. */
    public void goesTo(List<String> names) {
        findings().sinks = names;
    }

    /** Its own rule has it answered without the listener's framing. */
    public void answeredUnframed() {
        findings().unframed = true;
    }

    /** Answers its peer, see {@link Peer#reply}. */
    public void reply(byte[] answer) {
        if (findings != null && findings.unframed) {
            peer.replyUnframed(answer);
        } else {
            peer.reply(answer);
        }
    }

    /**
     * Tells that it was not accepted.
     *
     * @param answer what the peer gets instead of a reply; without one a TCP connection is closed
     */
    public void fail(byte @Nullable [] answer) {
        peer.fail();
        failTrace();
        if (answer == null) {
            peer.end(Peer.End.FAILED);
        } else {
            reply(answer);
        }
    }

    /** Has its trace, if it has one, say that it was not accepted. */
    public void failTrace() {
        Trace trace = trace();
        if (trace != null) {
            trace.failed("not handled");
        }
    }

    @Override
    public Fields found() {
        return findings == null ? Fields.NONE : findings.found;
    }

    @Override
    public Map<String, String> told() {
        return findings == null ? Map.of() : findings.told;
    }

    @Override
    public @Nullable String traceparent() {
        Trace trace = trace();
        return trace == null ? null : trace.traceparent();
    }

    @Override
    public boolean isAnnotated() {
        return findings != null && (findings.trace != null || !findings.told.isEmpty());
    }

    @Override
    public @Nullable List<String> sinks() {
        return findings == null ? null : findings.sinks;
    }

    @Override
    public Origin origin() {
        return findings == null || findings.origin == null ? peer.origin() : findings.origin;
    }

    @Override
    public long sequence() {
        return sequence;
    }

    @Override
    public long receivedAt() {
        return receivedAt;
    }
}

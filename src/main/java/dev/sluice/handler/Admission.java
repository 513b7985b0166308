package dev.sluice.handler;

import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.pattern.Frames;
import dev.sluice.protocol.PlainTemplate;
import dev.sluice.transport.IdentityProperties;
import org.jspecify.annotations.Nullable;

/** Who may be served by a listener, once a rule or a bean has said who that is. */
final class Admission {

    private final boolean required;
    private final @Nullable PlainTemplate refused;

    /**
     * @param identity who devices are
     * @param frames that answers are; null if they are framed otherwise
     */
    Admission(IdentityProperties identity, @Nullable Frames frames) {
        this.required = identity.required();
        this.refused = identity.refusedHex() == null ? null : PlainTemplate.hex(identity.refusedHex(), frames);
    }

    /** Returns whether it may be who it says to be; if not it is answered that, and is to end. */
    boolean identify(ReceivedMessage message, @Nullable String identity) {
        Origin origin = message.origin().identified(identity);
        Peer peer = message.peer();
        Peer.End refusal = peer.identified(origin);
        if (refusal == null) {
            message.identify(origin);
            return true;
        }
        peer.fail();
        if (refusal == Peer.End.REFUSED && refused != null) {
            peer.reply(refused.render(message, "refused"));
        }
        peer.end(refusal);
        return false;
    }

    /** Returns whether nobody is served who has not said who he is, and this one has not; it is to end then. */
    boolean turnsAway(ReceivedMessage message) {
        if (!required || message.origin().identity() != null) {
            return false;
        }
        message.peer().fail();
        message.peer().end(Peer.End.UNIDENTIFIED);
        return true;
    }
}

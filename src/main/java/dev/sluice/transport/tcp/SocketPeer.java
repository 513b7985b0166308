package dev.sluice.transport.tcp;

import dev.sluice.message.Awaited;
import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.ConnectedAs;
import dev.sluice.transport.Identification;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Steering;
import org.jspecify.annotations.Nullable;

/** The peer of a connection, as the handling of its messages sees it. Belongs to the connection's thread. */
final class SocketPeer implements Peer {

    private final Steering steering;
    private final AcceptedSocket socket;
    private final Handshake handshake;
    private final Parting parting;
    private final FramedAnswers answers;
    private final BoundIdentities identities;
    private @Nullable Object note;

    /**
     * @param identities of the connection
     */
    SocketPeer(
            Steering steering,
            AcceptedSocket socket,
            Handshake handshake,
            Parting parting,
            FramedAnswers answers,
            BoundIdentities identities) {
        this.steering = steering;
        this.socket = socket;
        this.handshake = handshake;
        this.parting = parting;
        this.answers = answers;
        this.identities = identities;
    }

    /** Those of its next message. */
    PeerHeaders headers() {
        return handshake.headers();
    }

    /** Identifies it by how it connected. Returns why it is not served; null if it is, as far as that tells. */
    @Nullable
    End connected() {
        Identification identification = steering.settings().identification();
        ConnectedAs from = identification.from();
        String identity = from == null
                ? null
                : from.of(known -> switch (known) {
                    case TLS_SUBJECT -> handshake.tlsSubject();
                    case TLS_SAN -> PeerCertificate.alternativeName(socket.tls());
                    case REMOTE_ADDRESS -> origin().remoteAddress();
                });
        return identity == null ? null : identified(origin().identified(identity), identification);
    }

    @Override
    public Origin origin() {
        return handshake.origin();
    }

    @Override
    public Handling handling() {
        return answers.handling();
    }

    @Override
    public void reply(byte[] payload) {
        answers.reply(payload);
    }

    @Override
    public void replyUnframed(byte[] bytes) {
        answers.replyUnframed(bytes);
    }

    @Override
    public void owe(ReceivedMessage message, Awaited answer) {
        answers.owe(message, answer);
    }

    @Override
    public void fail() {
        answers.failed();
    }

    @Override
    public void end(End reason) {
        answers.end(Reason.Closed.of(reason));
    }

    @Override
    public void quiet() {
        answers.quiet();
    }

    @Override
    public @Nullable End identified(Origin origin) {
        return identified(origin, answers.identification());
    }

    private @Nullable End identified(Origin origin, Identification identification) {
        String identity = origin.identity();
        if (identity != null) {
            End refusal = identification.refusal(identity);
            if (refusal != null) {
                return refusal;
            }
            if (!identities.bind(identity, identification)) {
                return End.REFUSED;
            }
        }
        handshake.identified(origin);
        return null;
    }

    @Override
    public boolean isReplaced() {
        return parting.isReplaced();
    }

    @Override
    public @Nullable Object note() {
        return note;
    }

    @Override
    public void note(Object noted) {
        this.note = noted;
    }
}

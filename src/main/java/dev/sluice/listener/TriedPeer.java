package dev.sluice.listener;

import dev.sluice.message.Awaited;
import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.Framing;
import org.jspecify.annotations.Nullable;

/** Who sends what is tried: notes what the handling of it tells. Used by one thread. */
final class TriedPeer implements Peer {

    private final Handling handling;
    private final Framing framing;
    private final boolean connected;
    private final FrameBuffer answers = new FrameBuffer();
    private Origin origin;
    private @Nullable Object note;
    private boolean quiet;
    private boolean failed;
    private @Nullable End end;

    /**
     * @param framing of answers
     * @param connected whether it is known for longer than a message
     */
    TriedPeer(Origin origin, Handling handling, Framing framing, boolean connected) {
        this.origin = origin;
        this.handling = handling;
        this.framing = framing;
        this.connected = connected;
    }

    /** The next message is about to be handled. */
    void begin() {
        answers.truncate(0);
        quiet = false;
        failed = false;
    }

    /** What it gets for the message. */
    byte[] answer() {
        return answers.toByteArray();
    }

    boolean isQuiet() {
        return quiet;
    }

    boolean hasFailed() {
        return failed;
    }

    /** Why its connection ends; null if it goes on. */
    @Nullable
    End end() {
        return end;
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public Handling handling() {
        return handling;
    }

    @Override
    public void reply(byte[] payload) {
        framing.encode(payload, answers);
    }

    @Override
    public void replyUnframed(byte[] bytes) {
        answers.append(bytes);
    }

    /** Nobody is asked in a trial. */
    @Override
    public void owe(ReceivedMessage message, Awaited answer) {
        answer.forsake();
    }

    @Override
    public void fail() {
        failed = true;
    }

    @Override
    public void end(End reason) {
        end = reason;
    }

    @Override
    public void quiet() {
        quiet = true;
    }

    @Override
    public @Nullable End identified(Origin identified) {
        if (connected) {
            origin = identified;
        }
        return null;
    }

    @Override
    public @Nullable Object note() {
        return note;
    }

    @Override
    public void note(Object noted) {
        if (connected) {
            note = noted;
        }
    }
}

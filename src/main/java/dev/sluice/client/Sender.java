package dev.sluice.client;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Sends all messages on a virtual thread of its own, while the main thread reads what comes back. */
final class Sender {

    private final Messages messages;
    private final MessageWriter writer;
    private final Progress progress;
    private final End end;
    private volatile boolean ended;
    private volatile @Nullable Exception failure;

    /** What is done when all is sent. */
    interface End {
        void reached() throws IOException;
    }

    Sender(Messages messages, MessageWriter writer, Progress progress, End end) {
        this.messages = messages;
        this.writer = writer;
        this.progress = progress;
        this.end = end;
    }

    void start() {
        Thread.ofVirtual().name("sender").start(this::send);
    }

    private void send() {
        try {
            messages.sendTo(writer, progress);
            end.reached();
        } catch (IOException | ClientFailure | RuntimeException | OutOfMemoryError ex) {
            failure = ex instanceof Exception exception ? exception : new IOException("out of memory", ex);
        } finally {
            progress.moved();
            ended = true;
        }
    }

    /** All is sent, or it has failed. */
    boolean ended() {
        return ended;
    }

    boolean openEnded() {
        return messages.openEnded();
    }

    /** Fails if that is not the peer's doing: the peer may still have something to say before it is. */
    void throwOwnFailure() throws ClientFailure {
        switch (failure) {
            case ClientFailure ours -> throw ours;
            case Input.UnreadableException ours -> throw ClientFailure.usage(String.valueOf(ours.getMessage()));
            case RuntimeException ours -> throw ours;
            case null, default -> {}
        }
    }

    /** Fails if anything kept it from sending all. */
    void throwFailure() throws ClientFailure, IOException {
        throwOwnFailure();
        if (failure instanceof IOException peers) {
            throw peers;
        }
    }
}

package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/** A flight at the replica that has the connection, from the claim that counts to its end. */
final class Flying {

    private final Binding binding;
    private final Entry.Sent sent;
    private boolean released;
    private boolean written;
    private boolean answered;
    private boolean lost;
    /** What the courier needs to write it. */
    private @Nullable Takeoff takeoff;

    Flying(Binding binding, Entry.Sent sent) {
        this.binding = binding;
        this.sent = sent;
    }

    Binding binding() {
        return binding;
    }

    Entry.Sent sent() {
        return sent;
    }

    boolean is(Entry.Sent other) {
        return sent.attempt() == other.attempt() && sent.command().equals(other.command());
    }

    /** Whether a frame of it may be on its way, or an answer. */
    boolean isOpen() {
        return !answered && !lost;
    }

    /** Whether it is not held back any more. */
    boolean isReleased() {
        return released;
    }

    void release() {
        released = true;
    }

    boolean isWritten() {
        return written;
    }

    void written() {
        written = true;
    }

    boolean isAnswered() {
        return answered;
    }

    void answered() {
        answered = true;
    }

    /** Whether nobody waits for it any more. A late answer may still count. */
    boolean isLost() {
        return lost;
    }

    void lost() {
        lost = true;
    }

    @Nullable
    Takeoff takeoff() {
        return takeoff;
    }

    void takeoff(Takeoff of) {
        takeoff = of;
    }
}

package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/** A command as one replica knows it: its terms as they are in the log, and what has become of it. */
final class Command implements Comparable<Command> {

    private static final long NOWHERE = -1;

    private final DeviceState device;
    private final String id;

    private long stamp;
    private int partition;
    private long position = NOWHERE;
    private Mode mode = Mode.AT_MOST_ONCE;
    private int attempts = 1;
    private long deadline;
    private Confirm confirm = Confirm.ANSWER;
    private String listener = "";
    /** Null if it is not kept here. */
    private byte @Nullable [] content;

    private @Nullable Outcome outcome;
    private long endedAt;
    private long endedPosition = NOWHERE;
    /** How often it has been sent by what counts. */
    private int sent;

    /** What it is here alone: an answer that came, that somebody wants it cancelled, an outcome that is under way. */
    private @Nullable Outcome answer;

    private boolean unwanted;
    private @Nullable Underway ending;

    Command(DeviceState device, String id) {
        this.device = device;
        this.id = id;
    }

    void submitted(Entry.Submitted as, int inPartition, long at, long when) {
        stamp = when;
        partition = inPartition;
        position = at;
        mode = as.mode();
        attempts = as.attempts();
        deadline = when + as.ttlMillis();
        confirm = as.confirm();
        listener = as.listener();
    }

    void over(Outcome as, int attempts, long at, long when) {
        outcome = as;
        sent = Math.max(sent, attempts);
        endedPosition = at;
        endedAt = when;
        ending = null;
    }

    /** Commands stand in the order of the log; those of two partitions in the order of time. */
    @Override
    public int compareTo(Command other) {
        int order = Long.compare(stamp, other.stamp);
        order = order != 0 ? order : Integer.compare(partition, other.partition);
        return order != 0 ? order : Long.compare(position, other.position);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return this == other;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this);
    }

    DeviceState device() {
        return device;
    }

    String id() {
        return id;
    }

    /** False if only its outcome is known. */
    boolean isSubmitted() {
        return position != NOWHERE;
    }

    long stamp() {
        return stamp;
    }

    int partition() {
        return partition;
    }

    long position() {
        return position;
    }

    Mode mode() {
        return mode;
    }

    /** Whether it is not to be sent, since it could not be read. */
    boolean isRefused() {
        return attempts == 0;
    }

    int attempts() {
        return attempts;
    }

    long deadline() {
        return deadline;
    }

    Confirm confirm() {
        return confirm;
    }

    /** The one that took it; empty if nobody knows. */
    String listener() {
        return listener;
    }

    byte @Nullable [] content() {
        return content;
    }

    void content(byte @Nullable [] bytes) {
        content = bytes;
    }

    @Nullable
    Outcome outcome() {
        return outcome;
    }

    boolean isOver() {
        return outcome != null;
    }

    long endedAt() {
        return endedAt;
    }

    long endedPosition() {
        return endedPosition;
    }

    int sent() {
        return sent;
    }

    void sent(int attempt) {
        sent = attempt;
    }

    @Nullable
    Outcome answer() {
        return answer;
    }

    void answer(@Nullable Outcome said) {
        answer = said;
    }

    boolean isUnwanted() {
        return unwanted;
    }

    void cancel() {
        unwanted = true;
    }

    @Nullable
    Underway ending() {
        return ending;
    }

    void ending(Underway record) {
        ending = record;
    }
}

package dev.sluice.transport;

import dev.sluice.measure.Durations;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What a listener has counted since the program started. Connections add to it once a read, not once a message;
 * receivers of datagrams once for all that they took together. Always {@code received = accepted + failed + dropped}.
 */
public final class Traffic {

    /** Connections accepted, rejected ones not among them. */
    public final LongAdder connectionsAccepted = new LongAdder();
    /** Failures of accept itself, as too many open files. */
    public final LongAdder acceptErrors = new LongAdder();
    /** Frames and datagrams read, whatever became of them. */
    public final LongAdder received = new LongAdder();

    public final LongAdder accepted = new LongAdder();
    public final LongAdder failed = new LongAdder();
    /** Of the accepted ones, those that were only answered: they are for no sink. */
    public final LongAdder quiet = new LongAdder();
    /** Replies written to the socket; what a greeting or an operator sends is none. */
    public final LongAdder replied = new LongAdder();

    public final LongAdder bytesReceived = new LongAdder();
    /** Of those, the ones between frames that belong to no message, as line breaks behind them. */
    public final LongAdder bytesPassedOver = new LongAdder();

    public final LongAdder bytesSent = new LongAdder();
    /** Of the messages received, those that were taken though their checksum was wrong. */
    public final LongAdder mismatched = new LongAdder();
    /** The frames that were refused last. Added to when one is, and never otherwise. */
    public final Recent<RejectedFrame> lastRejected = new Recent<>(10);
    /** The connections that ended last. Added to once a connection. */
    public final Recent<ClosedConnection> lastClosed = new Recent<>(100);

    private final Map<Reason.Rejected, LongAdder> rejected = adders(Reason.Rejected.class);
    private final Map<Reason.Closed, LongAdder> closed = adders(Reason.Closed.class);
    private final Map<Reason.Dropped, LongAdder> dropped = adders(Reason.Dropped.class);
    private final Map<Reason.Withheld, LongAdder> withheld = adders(Reason.Withheld.class);
    /** Counts the messages that each rule fits, by its name. */
    private final Map<String, LongAdder> rules = new ConcurrentSkipListMap<>();

    private final Durations replies = new Durations();

    public LongAdder rejected(Reason.Rejected reason) {
        return of(rejected, reason);
    }

    public LongAdder closed(Reason.Closed reason) {
        return of(closed, reason);
    }

    public LongAdder dropped(Reason.Dropped reason) {
        return of(dropped, reason);
    }

    /** Messages that a rule fits, whatever became of them. */
    public LongAdder rule(String name) {
        return rules.computeIfAbsent(name, _ -> new LongAdder());
    }

    /** Those of all rules, by name. */
    public Map<String, LongAdder> rules() {
        return Collections.unmodifiableMap(rules);
    }

    /** Replies that were not sent, though their messages count as what they are. */
    public LongAdder withheld(Reason.Withheld reason) {
        return of(withheld, reason);
    }

    /** How long it took from each read to the replies to its frames written, in nanoseconds. */
    public Durations replies() {
        return replies;
    }

    private static <R extends Enum<R>> Map<R, LongAdder> adders(Class<R> reasons) {
        Map<R, LongAdder> adders = new EnumMap<>(reasons);
        for (R reason : reasons.getEnumConstants()) {
            adders.put(reason, new LongAdder());
        }
        return adders;
    }

    private static <R> LongAdder of(Map<R, LongAdder> adders, R reason) {
        LongAdder adder = adders.get(reason);
        if (adder == null) {
            throw new IllegalArgumentException(String.valueOf(reason));
        }
        return adder;
    }
}

package dev.sluice.delivery;

import dev.sluice.measure.Durations;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import dev.sluice.text.KebabCase;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What became of a listener's messages at one of its sinks. Added to once a send, not once a message.
 *
 * <p>Always, of messages that are to go to the sink: {@code routed = delivered + spooled + dead letters + purged}. For
 * what an earlier run left in the spool the counts begin as if this run had accepted it.
 */
public final class SinkLedger {

    /** Of one attempt to send a message. */
    public enum Outcome {
        /** The sink has it. */
        CONFIRMED,
        /** It did not, and will be sent again. */
        FAILED,
        /** It did not, and it is a dead letter. */
        DEAD_LETTERED;

        /** As the meter shows it. */
        public String text() {
            return KebabCase.of(name());
        }
    }

    private final String sink;
    private final LongAdder delivered = new LongAdder();
    private final LongAdder deadLettered = new LongAdder();
    private final LongAdder purged = new LongAdder();
    private final LongAdder unauthorized = new LongAdder();
    private final List<Durations> sends =
            Stream.generate(Durations::new).limit(Outcome.values().length).toList();
    private volatile boolean refusesCredentials;
    private volatile int attempts;
    private volatile @Nullable String lastError;
    private volatile long lastErrorAt;
    private volatile boolean failing;

    SinkLedger(String sink) {
        this.sink = sink;
    }

    /** The sink's name. */
    public String sink() {
        return sink;
    }

    /** Messages that the sink has confirmed. */
    public long delivered() {
        return delivered.sum();
    }

    /** Messages that it will not get by itself. */
    public long deadLettered() {
        return deadLettered.sum();
    }

    /** Messages that an operator has dropped, before the sink had them. */
    public long purged() {
        return purged.sum();
    }

    /** Those of them of which we know what has become. */
    long settled() {
        return delivered() + deadLettered() + purged();
    }

    /** How often the message in hand has been sent without success; 0 if all goes well. */
    public int attempts() {
        return attempts;
    }

    /** Why a send failed last, though it may have worked since; null if none has. */
    public @Nullable String lastError() {
        return lastError;
    }

    /** When that was, in milliseconds since the epoch; 0 if no send has failed. */
    public long lastErrorAt() {
        return lastErrorAt;
    }

    /** Whether the last send failed, other than by messages that the sink will never take. */
    public boolean isFailing() {
        return failing;
    }

    /** Sendings of a message that failed because the destination refuses our credentials or rights. */
    public long unauthorized() {
        return unauthorized.sum();
    }

    /** Whether the last send met that. */
    public boolean refusesCredentials() {
        return refusesCredentials;
    }

    /** Returns, for each message that had this outcome, how long the send took that brought it. */
    public Durations sends(Outcome outcome) {
        return sends.get(outcome.ordinal());
    }

    void add(Outcome outcome, long messages, long nanos) {
        if (messages > 0) {
            sends(outcome).add(nanos, messages);
        }
    }

    /** The sink has answered to so many messages after so long. */
    void answered(int messages, Confirmation<Failure> confirmation, long nanos) {
        int failed = confirmation.failures().size();
        add(Outcome.CONFIRMED, messages - failed, nanos);
        add(Outcome.FAILED, failed, nanos);
        long refusals = confirmation.failures().values().stream()
                .filter(failure -> failure.kind() == Failure.Kind.UNAUTHORIZED)
                .count();
        unauthorized.add(refusals);
        boolean refused = refusals > 0;
        if (refusesCredentials != refused) {
            refusesCredentials = refused;
        }
    }

    void delivered(long messages) {
        delivered.add(messages);
    }

    void deadLettered(long messages) {
        deadLettered.add(messages);
    }

    void purged(long messages) {
        purged.add(messages);
    }

    void succeeded() {
        if (failing) {
            failing = false;
        }
        if (attempts != 0) {
            attempts = 0;
        }
    }

    /** A send failed, for a reason that may pass. */
    void failed(int attempts, String error) {
        noted(error);
        this.attempts = attempts;
        this.failing = true;
    }

    /** The sink answered, and does not take a message. */
    void refused(String error) {
        noted(error);
        succeeded();
    }

    /** A message was not taken, whatever that says of the sink. */
    void noted(String error) {
        this.lastError = error;
        this.lastErrorAt = System.currentTimeMillis();
    }
}

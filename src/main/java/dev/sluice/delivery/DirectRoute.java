package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Calls the sinks one after another on the thread of whoever received the messages, once: the peer hears how it went. */
final class DirectRoute implements Route {

    private record Stop(Sink sink, SinkLedger ledger) {}

    private final String listener;
    private final List<Stop> stops;
    private final DeliveryLog log;

    DirectRoute(String listener, Map<String, Sink> sinks) {
        this.listener = listener;
        this.stops = sinks.entrySet().stream()
                .map(sink -> new Stop(sink.getValue(), new SinkLedger(sink.getKey())))
                .toList();
        this.log = new DeliveryLog(listener);
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public @Nullable Refusal @Nullable [] accept(List<? extends Envelope> messages) {
        @Nullable Refusal[] refusals = null;
        for (Stop stop : stops) {
            long start = System.nanoTime();
            Confirmation<Failure> confirmation = isInterrupted() ? null : Attempt.send(stop.sink(), messages);
            long nanos = System.nanoTime() - start;
            if (confirmation == null || !confirmation.complete() && isInterrupted()) {
                // It was not the sink that failed; what it has been sent of these, nobody knows.
                refusals = refuseInterrupted(stop, messages.size(), refusals);
                break;
            }
            stop.ledger().answered(messages.size(), confirmation, nanos);
            if (confirmation.complete()) {
                stop.ledger().succeeded();
            } else {
                refusals = refuse(stop, messages.size(), confirmation, refusals);
            }
        }
        long accepted = messages.size();
        if (refusals != null) {
            for (Refusal refusal : refusals) {
                accepted -= refusal == null ? 0 : 1;
            }
        }
        for (Stop stop : stops) {
            stop.ledger().delivered(accepted);
        }
        return refusals;
    }

    private static boolean isInterrupted() {
        return Thread.currentThread().isInterrupted();
    }

    private static @Nullable Refusal[] refuseInterrupted(
            Stop stop, int messages, @Nullable Refusal @Nullable [] before) {
        @Nullable Refusal[] refusals = before != null ? before : new Refusal[messages];
        for (int i = 0; i < messages; i++) {
            if (refusals[i] == null) {
                refusals[i] = new Refusal(stop.ledger().sink() + ": interrupted", Refusal.Kind.INTERRUPTED);
            }
        }
        return refusals;
    }

    private @Nullable Refusal[] refuse(
            Stop stop, int messages, Confirmation<Failure> confirmation, @Nullable Refusal @Nullable [] before) {
        @Nullable Refusal[] refusals = before != null ? before : new Refusal[messages];
        int failed = 0;
        boolean passing = false;
        String reason = "";
        for (int i = 0; i < messages; i++) {
            Failure failure = confirmation.failure(i);
            if (failure != null) {
                failed++;
                passing |= !failure.poison();
                reason = failure.reason();
                if (refusals[i] == null) {
                    refusals[i] = new Refusal(failure.poison() ? "refused" : "not available", Refusal.Kind.FAILED);
                }
            }
        }
        if (passing) {
            stop.ledger().failed(1, reason);
        } else {
            stop.ledger().refused(reason);
        }
        log.failed(stop.ledger().sink(), failed, reason, "their peers are told");
        return refusals;
    }

    @Override
    public void refuseHeld(boolean refuse) {
        // Nobody is held but by a sink, whose time is bounded, and who can be interrupted.
    }

    @Override
    public List<SinkLedger> ledgers() {
        return new ArrayList<>(stops.stream().map(Stop::ledger).toList());
    }

    @Override
    public long routed(SinkLedger ledger) {
        return ledger.settled();
    }

    @Override
    public void close() {
        // The sinks are closed by whoever made them.
    }
}

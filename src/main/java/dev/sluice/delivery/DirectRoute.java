package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * Calls the sinks one after another on the thread of whoever received the messages, once: the peer hears how it went.
 */
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
    public Confirmation<Refusal> accept(List<? extends Envelope> messages) {
        Map<Integer, Refusal> refusals = new HashMap<>();
        for (Stop stop : stops) {
            long start = System.nanoTime();
            Confirmation<Failure> confirmation = isInterrupted() ? null : Attempt.send(stop.sink(), messages);
            long nanos = System.nanoTime() - start;
            if (confirmation == null || !confirmation.complete() && isInterrupted()) {
                // It was not the sink that failed; what it has been sent of these, nobody knows.
                Refusal interrupted = new Refusal("interrupted", Refusal.Kind.INTERRUPTED);
                for (int i = 0; i < messages.size(); i++) {
                    refusals.putIfAbsent(i, interrupted);
                }
                break;
            }
            stop.ledger().answered(messages.size(), confirmation, nanos);
            if (confirmation.complete()) {
                stop.ledger().succeeded();
            } else {
                refuse(stop.ledger(), confirmation.failures(), refusals);
            }
        }
        for (Stop stop : stops) {
            stop.ledger().delivered(messages.size() - refusals.size());
        }
        return Confirmation.allBut(refusals);
    }

    private static boolean isInterrupted() {
        return Thread.currentThread().isInterrupted();
    }

    private void refuse(SinkLedger ledger, SortedMap<Integer, Failure> failures, Map<Integer, Refusal> refusals) {
        failures.forEach((index, failure) -> refusals.putIfAbsent(
                index, new Refusal(failure.poison() ? "refused" : "not available", Refusal.Kind.FAILED)));
        String reason = failures.lastEntry().getValue().reason();
        if (failures.values().stream().allMatch(Failure::poison)) {
            ledger.refused(reason);
        } else {
            ledger.failed(1, reason);
        }
        log.failed(ledger.sink(), failures.size(), reason, "their peers are told");
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

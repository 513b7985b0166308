package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Calls the sinks one after another on the thread of whoever received the messages, once: the peer hears how it went.
 */
final class DirectRoute implements Route {

    /**
     * @param own whether it gets messages whose rule names no sinks
     */
    private record Stop(Sink sink, SinkLedger ledger, boolean own) {}

    /**
     * Those messages of a list that go to one sink.
     *
     * @param places where in the list each of them stands; empty if that is the whole list
     */
    private record Share(List<? extends Envelope> messages, List<Integer> places) {

        int place(int index) {
            return places.isEmpty() ? index : places.get(index);
        }

        long notIn(Map<Integer, Refusal> refusals) {
            return places.isEmpty()
                    ? messages.size() - refusals.size()
                    : places.stream()
                            .filter(place -> !refusals.containsKey(place))
                            .count();
        }
    }

    private final String listener;
    private final List<Stop> stops;
    private final DeliveryLog log;

    /**
     * @param sinks those that the listener and its rules name
     * @param own those of the listener
     * @param before of which ledgers go on; null if there was none
     */
    DirectRoute(String listener, Map<String, Sink> sinks, Collection<String> own, @Nullable DirectRoute before) {
        this.listener = listener;
        Map<String, SinkLedger> known = new HashMap<>();
        if (before != null) {
            before.ledgers().forEach(ledger -> known.put(ledger.sink(), ledger));
        }
        this.stops = sinks.entrySet().stream()
                .map(sink -> new Stop(
                        sink.getValue(),
                        known.getOrDefault(sink.getKey(), new SinkLedger(sink.getKey())),
                        own.contains(sink.getKey())))
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
        Map<Stop, Share> shares = shares(messages, refusals);
        for (Map.Entry<Stop, Share> entry : shares.entrySet()) {
            Stop stop = entry.getKey();
            Share share = entry.getValue();
            long start = System.nanoTime();
            Confirmation<Failure> confirmation = isInterrupted() ? null : Attempt.send(stop.sink(), share.messages());
            long nanos = System.nanoTime() - start;
            if (confirmation == null || !confirmation.complete() && isInterrupted()) {
                // It was not the sink that failed; what it has been sent of these, nobody knows.
                Refusal interrupted = new Refusal("interrupted", Refusal.Kind.INTERRUPTED);
                for (int i = 0; i < messages.size(); i++) {
                    refusals.putIfAbsent(i, interrupted);
                }
                break;
            }
            stop.ledger().answered(share.messages().size(), confirmation, nanos);
            if (confirmation.complete()) {
                stop.ledger().succeeded();
            } else {
                refuse(stop.ledger(), confirmation.failures(), share, refusals);
            }
        }
        shares.forEach((stop, share) -> stop.ledger().delivered(share.notIn(refusals)));
        return Confirmation.allBut(refusals);
    }

    /** What goes to each sink that any of them goes to. Refuses those that go to one which is not there. */
    private Map<Stop, Share> shares(List<? extends Envelope> messages, Map<Integer, Refusal> refusals) {
        Map<Stop, Share> shares = new LinkedHashMap<>();
        if (messages.stream().allMatch(message -> message.sinks() == null)) {
            stops.stream().filter(Stop::own).forEach(stop -> shares.put(stop, new Share(messages, List.of())));
            return shares;
        }
        Set<String> declared = stops.stream().map(stop -> stop.ledger().sink()).collect(Collectors.toSet());
        for (Stop stop : stops) {
            List<Integer> places = new ArrayList<>();
            for (int i = 0; i < messages.size(); i++) {
                List<String> sinks = messages.get(i).sinks();
                if (sinks == null ? stop.own() : sinks.contains(stop.ledger().sink())) {
                    places.add(i);
                }
            }
            if (!places.isEmpty()) {
                shares.put(
                        stop,
                        new Share(places.stream().<Envelope>map(messages::get).toList(), places));
            }
        }
        for (int i = 0; i < messages.size(); i++) {
            List<String> sinks = messages.get(i).sinks();
            if (sinks != null && !declared.containsAll(sinks)) {
                refusals.put(i, new Refusal("not available", Refusal.Kind.FAILED));
            }
        }
        return shares;
    }

    private static boolean isInterrupted() {
        return Thread.currentThread().isInterrupted();
    }

    private void refuse(
            SinkLedger ledger, SortedMap<Integer, Failure> failures, Share share, Map<Integer, Refusal> refusals) {
        failures.forEach((index, failure) -> refusals.putIfAbsent(
                share.place(index), new Refusal(failure.poison() ? "refused" : "not available", Refusal.Kind.FAILED)));
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

package dev.sluice.delivery;

import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.delivery.spool.Inherited;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.SpoolState;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Sink;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Puts messages into the spool, from which each sink has them brought at its own pace. */
public final class DurableRoute implements Route {

    private final String listener;
    private final Spool spool;
    private final DeliveryProgress progress = new DeliveryProgress();
    private final SpoolAcceptance acceptance;
    private final LeftOvers leftOvers;
    private volatile List<Delivery> deliveries = List.of();

    /**
     * @param sinks those that the listener and its rules name; none if there is no such listener, or it has no use for
     *     a spool any more
     * @param untilDelivered whether messages count as taken charge of only once every sink has them
     */
    DurableRoute(
            String listener,
            Map<String, Sink> sinks,
            DeliveryProperties properties,
            Spool spool,
            boolean untilDelivered) {
        this.listener = listener;
        this.spool = spool;
        this.acceptance = new SpoolAcceptance(spool, progress);
        this.leftOvers = new LeftOvers(listener, spool, sinks.keySet(), this::routed, progress);
        use(sinks, properties, untilDelivered);
    }

    /**
     * Has messages go another way from now on. What waits for sinks that are not named any more is left over, and is
     * delivered as before until that is changed, too.
     *
     * @param sinks those that the listener and its rules name
     * @param own those of them that get messages whose rule names none
     * @throws SpoolException if that cannot be written; all is as before then
     */
    void change(Map<String, Sink> sinks, Set<String> own, DeliveryProperties properties, boolean untilDelivered) {
        Set<String> names = Set.copyOf(sinks.keySet());
        spool.setCapacity(properties.maxSpoolSize().toBytes());
        boolean elsewhere = !names.equals(names()) || !own.equals(spool.own());
        if (elsewhere) {
            spool.declare(names, own);
        }
        // Whoever waits for a delivery to a sink that is new finds it there before the first message goes to it.
        use(sinks, properties, untilDelivered);
        if (elsewhere) {
            spool.route(names, own);
        }
    }

    private Set<String> names() {
        return deliveries.stream().map(delivery -> delivery.ledger().sink()).collect(Collectors.toSet());
    }

    private void use(Map<String, Sink> sinks, DeliveryProperties properties, boolean wait) {
        Map<String, Delivery> before = new LinkedHashMap<>();
        deliveries.forEach(delivery -> before.put(delivery.ledger().sink(), delivery));
        List<Delivery> now = new ArrayList<>();
        List<Delivery> added = new ArrayList<>();
        sinks.forEach((name, sink) -> {
            Sender.Outlet outlet = new Sender.Outlet(sink, properties);
            Delivery known = before.remove(name);
            if (known == null) {
                known = leftOvers.take(name, ledger -> {
                    SinkLedger counts = ledger == null ? ledger(spool, name) : ledger;
                    Delivery made = new Delivery(listener, outlet, counts, spool, progress, Long.MAX_VALUE);
                    added.add(made);
                    return made;
                });
            }
            known.change(outlet);
            now.add(known);
        });
        progress.awaited(wait);
        deliveries = List.copyOf(now);
        before.values().forEach(leftOvers::add);
        progress.of(now);
        acceptance.change(properties.whenFull() == WhenFull.HOLD, wait);
        added.forEach(Delivery::start);
    }

    /** Its listener is gone, or has no use for a spool any more: all that waits is left over. */
    void abandon() {
        List<Delivery> left = deliveries;
        deliveries = List.of();
        left.forEach(leftOvers::add);
        progress.of(List.of());
    }

    /** Makes the ledger of a sink, which begins with what an earlier run has left. */
    static SinkLedger ledger(Spool spool, String sink) {
        SinkLedger ledger = new SinkLedger(sink);
        Inherited.Share share = spool.inherited().of(sink);
        ledger.delivered(share.routed() - share.waiting() - share.held() - share.deadLetters());
        ledger.deadLettered(share.deadLetters());
        return ledger;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public Confirmation<Refusal> accept(List<? extends Envelope> messages) {
        return acceptance.accept(messages);
    }

    @Override
    public void refuseHeld(boolean refuse) {
        spool.refuseHeld(refuse);
        progress.refuseHeld(refuse);
    }

    @Override
    public List<SinkLedger> ledgers() {
        return deliveries.stream().map(Delivery::ledger).toList();
    }

    /** Where messages wait. */
    public Spool spool() {
        return spool;
    }

    /** What is left of sinks that the listener does not name any more. */
    public LeftOvers leftOvers() {
        return leftOvers;
    }

    @Override
    public long inherited() {
        return spool.inherited().messages();
    }

    private Optional<Delivery> delivery(String sink) {
        return Stream.concat(deliveries.stream(), leftOvers.deliveries())
                .filter(delivery -> delivery.ledger().sink().equals(sink))
                .findFirst();
    }

    /** The first message that a sink is not done with, but for those that are held. */
    public long position(String sink) {
        return delivery(sink)
                .map(Delivery::position)
                .orElseGet(() ->
                        spool.state().cursors().getOrDefault(sink, spool.state().end()));
    }

    /** The streams of a sink of which messages are held, since it refuses one. */
    public List<HeldStreams.Shown> held(String sink) {
        return delivery(sink).map(delivery -> delivery.held().shown()).orElse(List.of());
    }

    /** How many these are. */
    public int heldStreams(String sink) {
        return delivery(sink).map(delivery -> delivery.held().count()).orElse(0);
    }

    @Override
    public long spooled(SinkLedger ledger) {
        long settled = ledger.settled();
        return Math.max(0, routed(ledger) - settled);
    }

    @Override
    public long routed(SinkLedger ledger) {
        SpoolState state = spool.state();
        long inherited = spool.inherited().of(ledger.sink()).routed();
        long usual = spool.own().contains(ledger.sink()) ? state.end() - spool.start() : 0;
        return inherited + usual + state.apart().getOrDefault(ledger.sink(), 0L);
    }

    /**
     * Has the dead letters sent once more, before what is new. Returns how many; those of sinks that nothing is
     * delivered to stay.
     */
    public long replay() {
        return replay(_ -> true);
    }

    /** The same of one sink. */
    public long replay(String sink) {
        return replay(sink::equals);
    }

    private long replay(Predicate<String> sinks) {
        Map<String, Long> counts = spool.deadLetterCounts();
        return Stream.concat(deliveries.stream(), leftOvers.deliveries())
                .filter(delivery -> sinks.test(delivery.ledger().sink()))
                .mapToLong(delivery -> {
                    delivery.replay();
                    return counts.getOrDefault(delivery.ledger().sink(), 0L);
                })
                .sum();
    }

    /** Returns whether messages are delivered to a sink, or left ones are. */
    public boolean isDelivered(String sink) {
        return delivery(sink).isPresent();
    }

    /**
     * Has the dead letters of a sink at these positions sent once more, before what is new. Returns how many there are;
     * none if nothing is delivered to it.
     *
     * @throws SpoolException if the disk cannot be read
     */
    public long replay(String sink, NavigableSet<Long> positions) {
        Optional<Delivery> delivery = delivery(sink);
        if (delivery.isEmpty()) {
            return 0;
        }
        NavigableSet<Long> there = spool.queries().deadLettersAt(sink, positions);
        delivery.get().replay(there);
        return there.size();
    }

    /**
     * Drops the dead letters of a sink, whether the listener still names it or not. Returns how many.
     *
     * @throws SpoolException if the disk cannot be read, or not be written for long
     */
    public long purgeDeadLetters(String sink) {
        return purged(sink, Purge.deadLetters(spool, sink));
    }

    /** The same of those at some positions. */
    public long purgeDeadLetters(String sink, NavigableSet<Long> positions) {
        return purged(sink, Purge.deadLetters(spool, sink, positions));
    }

    private long purged(String sink, long purged) {
        Stream.concat(ledgers().stream(), leftOvers.ledgers().stream())
                .filter(ledger -> ledger.sink().equals(sink))
                .forEach(ledger -> {
                    ledger.deadLettered(-purged);
                    ledger.purged(purged);
                    leftOvers.forgetIfNothingIsLeft(ledger);
                });
        return purged;
    }

    @Override
    public void close() {
        List<Delivery> all =
                Stream.concat(deliveries.stream(), leftOvers.deliveries()).toList();
        all.forEach(Delivery::stop);
        all.forEach(Delivery::awaitEnd);
        spool.close();
    }
}

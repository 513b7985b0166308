package dev.sluice.delivery;

import dev.sluice.delivery.spool.Spool;
import dev.sluice.sink.Sink;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Stream;

/**
 * What is left in a spool for sinks that its listener does not name any more. It is delivered if there is a sink for
 * it, and kept, and shown, until then or until it is purged. Safe for use by any thread.
 */
public final class LeftOvers {

    private final String listener;
    private final Spool spool;
    private final DeliveryProperties properties;
    private final Map<String, SinkLedger> ledgers = new ConcurrentSkipListMap<>();
    private final Map<String, Delivery> deliveries = new ConcurrentHashMap<>();

    /**
     * @param named sinks whose share is none
     */
    LeftOvers(String listener, Spool spool, Collection<String> named, DeliveryProperties properties) {
        this.listener = listener;
        this.spool = spool;
        this.properties = properties;
        Set<String> sinks = new TreeSet<>(spool.state().cursors().keySet());
        sinks.addAll(spool.deadLetterCounts().keySet());
        sinks.removeAll(named);
        sinks.forEach(sink -> ledgers.put(sink, DurableRoute.ledger(spool, sink)));
    }

    /** Returns the ledgers of the sinks for which something was left at the start and is not all purged. */
    public List<SinkLedger> ledgers() {
        return List.copyOf(ledgers.values());
    }

    /** Returns the ledger of a sink. */
    public Optional<SinkLedger> find(String sink) {
        return Optional.ofNullable(ledgers.get(sink));
    }

    /** How many messages wait for a sink. */
    public long waiting(SinkLedger ledger) {
        String sink = ledger.sink();
        long named = spool.state().apart().getOrDefault(sink, 0L);
        return Math.max(0, spool.inherited().of(sink).routed() + named - ledger.settled());
    }

    Stream<Delivery> deliveries() {
        return deliveries.values().stream();
    }

    /** Whether what is left of a sink is being delivered. */
    public boolean isDelivered(String sink) {
        return deliveries.containsKey(sink);
    }

    /**
     * Begins to deliver what is left of a sink.
     *
     * @param to which takes it; that of the same name, or another
     * @return whether it was not being delivered yet
     */
    public synchronized boolean deliver(String sink, Sink to) {
        SinkLedger ledger = ledgers.get(sink);
        if (ledger == null || deliveries.containsKey(sink)) {
            return false;
        }
        Delivery delivery = new Delivery(
                listener,
                to,
                ledger,
                spool,
                properties,
                new DeliveryProgress(false),
                spool.state().end());
        deliveries.put(sink, delivery);
        delivery.start();
        return true;
    }

    /**
     * Lets go of what waits for a sink; its dead letters stay. Returns how many messages.
     *
     * @throws dev.sluice.delivery.spool.SpoolException if the disk cannot be written for long
     */
    public synchronized long purge(SinkLedger ledger) {
        Delivery delivery = deliveries.remove(ledger.sink());
        if (delivery != null) {
            delivery.stop();
            delivery.awaitEnd();
        }
        long waiting = waiting(ledger);
        Purge.waiting(spool, ledger.sink());
        ledger.purged(waiting);
        forgetIfNothingIsLeft(ledger);
        return waiting;
    }

    /** To be called after a purge of dead letters too. */
    synchronized void forgetIfNothingIsLeft(SinkLedger ledger) {
        if (waiting(ledger) + ledger.deadLettered() == 0 && !deliveries.containsKey(ledger.sink())) {
            ledgers.remove(ledger.sink());
        }
    }
}

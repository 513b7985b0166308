package dev.sluice.delivery;

import dev.sluice.delivery.spool.Spool;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left in a spool for sinks that its listener does not name any more. It is delivered if there is a sink for
 * it, and kept, and shown, until then or until it is purged. Safe for use by any thread.
 */
public final class LeftOvers {

    private static final Logger log = LoggerFactory.getLogger(LeftOvers.class);

    private final String listener;
    private final Spool spool;
    private final ToLongFunction<SinkLedger> routed;
    private final DeliveryProgress progress;
    private final Map<String, SinkLedger> ledgers = new ConcurrentSkipListMap<>();
    private final Map<String, Delivery> deliveries = new ConcurrentHashMap<>();
    /** The names of the sinks that deliveries go to. */
    private final Map<String, String> targets = new ConcurrentHashMap<>();
    /** The ledgers of sinks for which nothing is left. They go on if their sink is named again. */
    private final Map<String, SinkLedger> settled = new ConcurrentHashMap<>();
    /** What may still be under way to a sink. It has to end before another delivery to that sink begins. */
    private final Map<String, Delivery> ending = new ConcurrentHashMap<>();

    /**
     * @param named sinks whose share is none
     * @param routed tells how many messages were to go to a sink
     * @param progress of the listener's deliveries, among which one may come to be again
     */
    LeftOvers(
            String listener,
            Spool spool,
            Collection<String> named,
            ToLongFunction<SinkLedger> routed,
            DeliveryProgress progress) {
        this.listener = listener;
        this.spool = spool;
        this.routed = routed;
        this.progress = progress;
        Set<String> sinks = new TreeSet<>(spool.state().cursors().keySet());
        sinks.addAll(spool.deadLetterCounts().keySet());
        sinks.removeAll(named);
        sinks.forEach(sink -> ledgers.put(sink, DurableRoute.ledger(spool, sink)));
    }

    /** Returns the ledgers of the sinks for which something is left, or was and has been delivered. */
    public List<SinkLedger> ledgers() {
        return List.copyOf(ledgers.values());
    }

    /** Returns the ledger of a sink. */
    public Optional<SinkLedger> find(String sink) {
        return Optional.ofNullable(ledgers.get(sink));
    }

    /** How many messages wait for a sink. */
    public long waiting(SinkLedger ledger) {
        long settledNow = ledger.settled();
        return Math.max(0, routed.applyAsLong(ledger) - settledNow);
    }

    /**
     * Writes into the log what is left for a sink, and what becomes of it.
     *
     * @param inUse whether the listener uses the spool
     */
    void tell(SinkLedger ledger, boolean inUse, boolean delivered) {
        log.warn(
                "Spool '{}': {} messages and {} dead letters are left for sink '{}', which {}. {}",
                listener,
                waiting(ledger),
                ledger.deadLettered(),
                ledger.sink(),
                inUse ? "its listener does not name any more" : "no listener uses by this spool any more",
                delivered
                        ? "They are delivered to it, since it is still declared; dead letters wait for a replay"
                        : "They are kept until you declare it, or deliver, export or purge them at /actuator/spools/"
                                + listener);
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
     * @param target the name of the sink that it goes to: the same, or another
     * @return whether it was not being delivered yet
     */
    synchronized boolean deliver(String sink, String target, Sender.Outlet to) {
        SinkLedger ledger = ledgers.get(sink);
        if (ledger == null || deliveries.containsKey(sink)) {
            return false;
        }
        awaitEnd(sink);
        Delivery delivery = new Delivery(
                listener, to, ledger, spool, progress, spool.state().end());
        deliveries.put(sink, delivery);
        targets.put(sink, target);
        delivery.start();
        return true;
    }

    /** The listener does not name the sink of a delivery any more. */
    synchronized void add(Delivery delivery) {
        String sink = delivery.ledger().sink();
        ledgers.put(sink, delivery.ledger());
        deliveries.put(sink, delivery);
    }

    /**
     * The listener names a sink again. Returns the delivery to it, which goes on with what comes.
     *
     * @param make makes one, where there is none, out of the ledger of before; out of null if there is no such ledger
     */
    synchronized Delivery take(String sink, Function<@Nullable SinkLedger, Delivery> make) {
        targets.remove(sink);
        SinkLedger left = ledgers.remove(sink);
        SinkLedger done = settled.remove(sink);
        Delivery delivery = deliveries.remove(sink);
        if (delivery == null) {
            awaitEnd(sink);
            return make.apply(left == null ? done : left);
        }
        delivery.goOn();
        return delivery;
    }

    private void stop(String sink) {
        Delivery delivery = deliveries.remove(sink);
        if (delivery != null) {
            delivery.stop();
            ending.put(sink, delivery);
        }
    }

    /** Waits, for a bounded time, until nothing more is under way to a sink. */
    private void awaitEnd(String sink) {
        Delivery delivery = ending.remove(sink);
        if (delivery != null) {
            delivery.awaitEnd();
        }
    }

    /**
     * Has what waits for sinks go by these from now on; what waits for one that is not among them is kept.
     *
     * @param outlets by the names of sinks; nothing for one that is not declared
     */
    synchronized void change(Function<String, Optional<Sender.Outlet>> outlets) {
        for (SinkLedger ledger : ledgers()) {
            String sink = ledger.sink();
            String target = targets.getOrDefault(sink, sink);
            Optional<Sender.Outlet> outlet = outlets.apply(target);
            Delivery delivery = deliveries.get(sink);
            if (outlet.isPresent()) {
                if (delivery == null) {
                    deliver(sink, target, outlet.get());
                } else {
                    delivery.change(outlet.get());
                }
            } else {
                stop(sink);
            }
        }
    }

    /** Ends deliveries that have nothing to do any more. Returns whether any is left. */
    synchronized boolean endDone() {
        for (Delivery delivery : List.copyOf(deliveries.values())) {
            SinkLedger ledger = delivery.ledger();
            if (waiting(ledger) + ledger.deadLettered() == 0 && delivery.hasCaughtUp()) {
                stop(ledger.sink());
                forgetIfNothingIsLeft(ledger);
            }
        }
        return !deliveries.isEmpty();
    }

    /**
     * Lets go of what waits for a sink; its dead letters stay. Returns how many messages.
     *
     * @throws dev.sluice.delivery.spool.SpoolException if the disk cannot be written for long
     */
    public synchronized long purge(SinkLedger ledger) {
        stop(ledger.sink());
        awaitEnd(ledger.sink());
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
            settled.put(ledger.sink(), ledger);
        }
    }
}

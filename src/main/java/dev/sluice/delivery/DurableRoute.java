package dev.sluice.delivery;

import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.delivery.Route.Refusal.Kind;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.SpoolFullException;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Sink;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/** Puts messages into the spool, from which each sink has them brought at its own pace. */
public final class DurableRoute implements Route {

    private final String listener;
    private final Spool spool;
    private final boolean hold;
    private final boolean untilDelivered;
    private final DeliveryProgress progress;
    private final List<Delivery> deliveries;

    /**
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
        this.hold = properties.whenFull() == WhenFull.HOLD;
        this.untilDelivered = untilDelivered;
        this.progress = new DeliveryProgress(untilDelivered);
        this.deliveries = sinks.entrySet().stream()
                .map(sink ->
                        new Delivery(listener, sink.getValue(), ledger(sink.getKey()), spool, properties, progress))
                .toList();
        progress.of(deliveries);
        deliveries.forEach(Delivery::start);
    }

    private SinkLedger ledger(String sink) {
        SinkLedger ledger = new SinkLedger(sink);
        long waiting = spool.state().end() - spool.state().cursors().getOrDefault(sink, 0L);
        long dead = spool.held().deadLetters().getOrDefault(sink, 0L);
        ledger.delivered(spool.held().messages() - waiting - dead);
        ledger.deadLettered(dead);
        return ledger;
    }

    @Override
    public String listener() {
        return listener;
    }

    @Override
    public @Nullable Refusal @Nullable [] accept(List<? extends Envelope> messages) {
        long position;
        try {
            position = spool.append(messages, hold).join();
        } catch (CompletionException ex) {
            boolean full = ex.getCause() instanceof SpoolFullException;
            String reason = ex.getCause() instanceof SpoolException cause
                    ? String.valueOf(cause.getMessage())
                    : "the spool has failed";
            Refusal[] refusals = new Refusal[messages.size()];
            Arrays.fill(refusals, new Refusal(reason, full ? Kind.DROPPED : Kind.FAILED));
            return refusals;
        }
        return untilDelivered ? awaitDelivered(position, messages.size()) : null;
    }

    private @Nullable Refusal @Nullable [] awaitDelivered(long position, int messages) {
        @Nullable Refusal[] refusals = null;
        boolean done = progress.await(position + messages);
        for (int i = 0; i < messages; i++) {
            String reason = done ? progress.reason(position + i) : "not delivered yet, and the listener stops";
            if (reason != null) {
                if (refusals == null) {
                    refusals = new Refusal[messages];
                }
                refusals[i] = new Refusal(reason, Kind.UNDELIVERED);
            }
        }
        return refusals;
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

    @Override
    public Optional<Spool> spool() {
        return Optional.of(spool);
    }

    @Override
    public long inherited() {
        return spool.held().messages();
    }

    /** The first message that a sink is not done with. */
    public long position(String sink) {
        return deliveries.stream()
                .filter(delivery -> delivery.ledger().sink().equals(sink))
                .mapToLong(Delivery::position)
                .findFirst()
                .orElseGet(() ->
                        spool.state().cursors().getOrDefault(sink, spool.state().end()));
    }

    /** Has the dead letters sent once more. */
    public void replay() {
        deliveries.forEach(Delivery::replay);
    }

    /** Drops the dead letters of all sinks. Answers how many. */
    public long purge() {
        long purged = 0;
        for (SinkLedger ledger : ledgers()) {
            List<DeadLetter> letters = spool.deadLetters(ledger.sink());
            while (!letters.isEmpty()) {
                spool.removeDeadLetters(letters).join();
                purged += letters.size();
                letters = spool.deadLetters(ledger.sink());
            }
        }
        return purged;
    }

    @Override
    public void close() {
        deliveries.forEach(Delivery::close);
        spool.close();
    }
}

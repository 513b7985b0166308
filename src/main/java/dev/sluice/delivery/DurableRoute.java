package dev.sluice.delivery;

import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.delivery.Route.Refusal.Kind;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.SpoolFullException;
import dev.sluice.delivery.spool.SpoolWithdrawnException;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Sink;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Puts messages into the spool, from which each sink has them brought at its own pace. */
public final class DurableRoute implements Route {

    private static final int MOST_LETTERS = 1000;
    private static final int PATIENCE_SECONDS = 10;

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
            position = append(messages);
        } catch (CompletionException ex) {
            Refusal[] refusals = new Refusal[messages.size()];
            Arrays.fill(refusals, refusal(ex.getCause()));
            return refusals;
        }
        return untilDelivered ? awaitDelivered(position, messages.size()) : null;
    }

    private long append(List<? extends Envelope> messages) {
        CompletableFuture<Long> append = spool.append(messages, hold);
        try {
            return append.get();
        } catch (ExecutionException ex) {
            throw new CompletionException(ex.getCause());
        } catch (InterruptedException ex) {
            spool.withdraw(append);
            Thread.currentThread().interrupt();
            // Whether it was too late for that is known once the commit in progress, if there is one, has ended.
            return append.join();
        }
    }

    /** The whole reason may name files, so no peer is told it; the spool has logged it, and health shows it. */
    private static Refusal refusal(@Nullable Throwable cause) {
        return switch (cause) {
            case SpoolFullException _ -> new Refusal("the spool is full", Kind.DROPPED);
            case SpoolWithdrawnException _ -> new Refusal("interrupted", Kind.INTERRUPTED);
            case null, default -> new Refusal("not stored", Kind.FAILED);
        };
    }

    private @Nullable Refusal @Nullable [] awaitDelivered(long position, int messages) {
        @Nullable Refusal[] refusals = null;
        boolean done = progress.await(position + messages);
        for (int i = 0; i < messages; i++) {
            String reason =
                    done ? progress.reason(position + i) : "not delivered yet, and the listener or the connection ends";
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

    /** Where messages wait. */
    public Spool spool() {
        return spool;
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

    @Override
    public long spooled(String sink) {
        long position = position(sink);
        return spool.state().end() - position;
    }

    /**
     * Has the dead letters sent once more, before what is new. Answers how many; those of sinks that the listener does not name any
     * more stay.
     */
    public long replay() {
        Map<String, Long> counts = spool.deadLetterCounts();
        long letters = 0;
        for (Delivery delivery : deliveries) {
            letters += counts.getOrDefault(delivery.ledger().sink(), 0L);
            delivery.replay();
        }
        return letters;
    }

    /**
     * Drops the dead letters of a sink, whether the listener still names it or not. Answers how many.
     *
     * @throws SpoolException if the disk cannot be read, or not be written for long
     */
    public long purgeDeadLetters(String sink) {
        long purged = 0;
        long from = 0;
        while (true) {
            List<DeadLetter> letters = spool.deadLetters(sink, from, MOST_LETTERS);
            if (letters.isEmpty()) {
                return purged;
            }
            purged += await(spool.removeDeadLetters(letters));
            from = letters.getLast().position() + 1;
        }
    }

    /** The sinks that messages or dead letters are kept for though the listener does not name them any more. */
    public Set<String> orphans() {
        Set<String> sinks = new TreeSet<>(spool.state().cursors().keySet());
        sinks.addAll(spool.deadLetterCounts().keySet());
        deliveries.forEach(delivery -> sinks.remove(delivery.ledger().sink()));
        return sinks;
    }

    /**
     * Lets go of what waits for a sink that the listener does not name any more. Answers how many messages.
     *
     * @throws SpoolException if the disk cannot be written for long
     */
    public long forget(String sink) {
        if (ledgers().stream().anyMatch(ledger -> ledger.sink().equals(sink))) {
            throw new IllegalArgumentException("Listener '" + listener + "' names sink '" + sink + "'");
        }
        long waiting = spooled(sink);
        await(spool.forget(sink));
        return waiting;
    }

    private static <T extends @Nullable Object> T await(CompletableFuture<T> done) {
        try {
            return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException ex) {
            throw ex.getCause() instanceof SpoolException cause ? cause : new SpoolException("cannot be written", ex);
        } catch (TimeoutException ex) {
            throw new SpoolException(
                    "could not be written in " + PATIENCE_SECONDS + " seconds; is done once it can", ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new SpoolException("interrupted", ex);
        }
    }

    @Override
    public void close() {
        deliveries.forEach(Delivery::stop);
        deliveries.forEach(Delivery::awaitEnd);
        spool.close();
    }
}

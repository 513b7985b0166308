package dev.sluice.delivery;

import dev.sluice.delivery.spool.Routing;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolFullException;
import dev.sluice.delivery.spool.SpoolWithdrawnException;
import dev.sluice.message.Acceptance;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Takes charge of messages once the spool has them, or once every sink has, as its listener wants it. */
final class SpoolAcceptance implements Acceptance {

    private final Spool spool;
    private final DeliveryProgress progress;
    private volatile boolean hold;
    private volatile boolean untilDelivered;

    /**
     * @param progress of the deliveries, for those who wait for them
     */
    SpoolAcceptance(Spool spool, DeliveryProgress progress) {
        this.spool = spool;
        this.progress = progress;
    }

    /**
     * Goes by this from now on.
     *
     * @param holdWhenFull whether to wait for room if there is none
     * @param wait whether to wait until every sink has a message
     */
    void change(boolean holdWhenFull, boolean wait) {
        hold = holdWhenFull;
        untilDelivered = wait;
    }

    @Override
    public Confirmation<Refusal> accept(List<? extends Envelope> messages) {
        Routing routing = spool.route(messages);
        return routing == null ? storeThoseThatGoAnywhere(messages) : store(messages, routing);
    }

    /** Only rules name sinks, and not each message has one that does. */
    private Confirmation<Refusal> storeThoseThatGoAnywhere(List<? extends Envelope> messages) {
        List<Integer> places = IntStream.range(0, messages.size())
                .filter(i -> messages.get(i).sinks() != null)
                .boxed()
                .toList();
        if (places.isEmpty()) {
            return Confirmation.all();
        }
        List<Envelope> some = places.stream().<Envelope>map(messages::get).toList();
        Map<Integer, Refusal> refusals = new HashMap<>();
        store(some, Objects.requireNonNull(spool.route(some), "each names its sinks"))
                .failures()
                .forEach((index, refusal) -> refusals.put(places.get(index), refusal));
        return Confirmation.allBut(refusals);
    }

    private Confirmation<Refusal> store(List<? extends Envelope> messages, Routing routing) {
        boolean wait = untilDelivered;
        long position;
        try {
            position = append(messages, routing, wait);
        } catch (CompletionException ex) {
            return Confirmation.none(messages.size(), refusal(ex.getCause()));
        }
        return wait ? progress.await(position) : Confirmation.all();
    }

    private long append(List<? extends Envelope> messages, Routing routing, boolean wait) {
        CompletableFuture<Long> append = spool.append(messages, routing, hold, at -> {
            if (wait) {
                progress.expect(at, messages.size(), routing);
            }
        });
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
            case SpoolFullException _ -> new Refusal("the spool is full", Refusal.Kind.DROPPED);
            case SpoolWithdrawnException _ -> new Refusal("interrupted", Refusal.Kind.INTERRUPTED);
            case null, default -> new Refusal("not stored", Refusal.Kind.FAILED);
        };
    }
}

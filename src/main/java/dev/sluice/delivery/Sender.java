package dev.sluice.delivery;

import dev.sluice.delivery.SinkLedger.Outcome;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Sends messages to one sink, and sorts out what became of them. Safe for use by several threads, while another may put
 * another sink in the place of that of the name.
 */
final class Sender {

    private final SinkLedger ledger;
    private volatile Outlet outlet;
    private final DeliveryLog log;
    private final StopSignal stop;

    /** Where messages go, and how often they are tried. */
    record Outlet(Sink sink, DeliveryProperties properties) {}

    Sender(Outlet outlet, SinkLedger ledger, DeliveryLog log, StopSignal stop) {
        this.outlet = outlet;
        this.ledger = ledger;
        this.log = log;
        this.stop = stop;
    }

    /** Sends by this from the next send on. */
    void change(Outlet other) {
        outlet = other;
    }

    /** May differ from one call to the next. */
    int batchSize() {
        return outlet.sink.batchSize();
    }

    Confirmation<Failure> send(List<? extends Envelope> messages) {
        long start = System.nanoTime();
        Confirmation<Failure> confirmation = Attempt.send(outlet.sink, messages);
        ledger.answered(messages.size(), confirmation, System.nanoTime() - start);
        if (!stop.given()) {
            // Left behind by what the sink called; nobody has interrupted us.
            Thread.interrupted();
        }
        return confirmation;
    }

    /**
     * Returns which are to be sent again, and adds to the letters which are not.
     *
     * @param consequence what happens to those that are
     */
    List<Pending> retain(
            List<Pending> sent, Confirmation<Failure> confirmation, List<DeadLetter> letters, String consequence) {
        List<Pending> left = new ArrayList<>();
        @Nullable Failure passing = null;
        @Nullable Failure deadly = null;
        int died = 0;
        for (int i = 0; i < sent.size(); i++) {
            Failure failure = confirmation.failure(i);
            if (failure == null) {
                continue;
            }
            Pending tried = sent.get(i).after(failure);
            passing = passing == null && !failure.poison() ? failure : passing;
            if (isDead(tried, failure)) {
                letters.add(deadLetter(tried, failure));
                deadly = failure;
                died++;
            } else {
                left.add(tried);
            }
        }
        ledger.add(Outcome.DEAD_LETTERED, died, 0);
        if (deadly != null) {
            log.failed(ledger.sink(), died, deadly.reason(), "they are dead letters now");
        }
        if (passing != null && !left.isEmpty()) {
            log.failed(ledger.sink(), left.size(), passing.reason(), consequence);
        }
        if (passing != null) {
            ledger.noted(passing.reason());
        } else if (deadly != null) {
            ledger.noted(deadly.reason());
        }
        return left;
    }

    private DeadLetter deadLetter(Pending tried, Failure failure) {
        return new DeadLetter(
                ledger.sink(),
                tried.message().position(),
                tried.message(),
                tried.attempts(),
                failure.reason(),
                System.currentTimeMillis());
    }

    private boolean isDead(Pending tried, Failure failure) {
        int most = outlet.properties.attempts();
        return failure.poison() || !failure.held() && most > 0 && tried.attempts() >= most;
    }

    BackOffExecution backOff() {
        DeliveryProperties properties = outlet.properties;
        ExponentialBackOff backOff = new ExponentialBackOff(properties.backoff().toMillis(), 2);
        backOff.setMaxInterval(properties.maxBackoff().toMillis());
        backOff.setJitter(properties.backoff().toMillis() / 2);
        return backOff.start();
    }

    /** The shortest pause. */
    long leastPause() {
        return outlet.properties.backoff().toMillis();
    }
}

package dev.sluice.delivery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SortedMap;
import java.util.function.LongFunction;
import java.util.stream.IntStream;

/** Sends the dead letters of a sink once more. Used by the thread of its delivery. */
final class Replay {

    private final Spool spool;
    private final Sender sender;
    private final SinkLedger ledger;
    private final DeliveryLog log;
    private final Acknowledgement acknowledgement;
    private final StopSignal stop;

    Replay(
            Spool spool,
            Sender sender,
            SinkLedger ledger,
            DeliveryLog log,
            Acknowledgement acknowledgement,
            StopSignal stop) {
        this.spool = spool;
        this.sender = sender;
        this.ledger = ledger;
        this.log = log;
        this.acknowledgement = acknowledgement;
        this.stop = stop;
    }

    /**
     * One attempt for each; those that fail stay where they are. Ends early where the sink takes none, since what is
     * new waits meanwhile.
     */
    void run() throws InterruptedException {
        run(from -> spool.queries().deadLetters(ledger.sink(), from, sender.batchSize()));
    }

    /** The same of those at some positions. */
    void run(NavigableSet<Long> positions) throws InterruptedException {
        run(from -> spool.queries().deadLetters(ledger.sink(), positions.tailSet(from, true), sender.batchSize()));
    }

    private void run(LongFunction<List<DeadLetter>> behind) throws InterruptedException {
        boolean some = acknowledgement.await();
        long from = 0;
        while (some && !stop.given()) {
            List<DeadLetter> next = behind.apply(from);
            some = !next.isEmpty() && replay(next);
            from = next.isEmpty() ? from : next.getLast().position() + 1;
        }
    }

    /** Returns whether the sink takes messages. */
    private boolean replay(List<DeadLetter> letters) throws InterruptedException {
        Confirmation<Failure> confirmation =
                sender.send(letters.stream().map(DeadLetter::message).toList());
        SortedMap<Integer, Failure> failures = confirmation.failures();
        Optional<Failure> passing =
                failures.values().stream().filter(failure -> !failure.poison()).findFirst();
        if (!failures.isEmpty()) {
            String refusal = failures.firstEntry().getValue().reason();
            passing.ifPresentOrElse(failure -> ledger.failed(0, failure.reason()), () -> ledger.refused(refusal));
            log.failed(ledger.sink(), failures.size(), refusal, "they stay dead letters");
        }
        List<DeadLetter> delivered = IntStream.range(0, letters.size())
                .filter(i -> !failures.containsKey(i))
                .mapToObj(letters::get)
                .toList();
        if (!delivered.isEmpty()) {
            remove(delivered);
        }
        return passing.isEmpty() || !delivered.isEmpty();
    }

    /** What was purged meanwhile counts as purged. */
    private void remove(List<DeadLetter> delivered) throws InterruptedException {
        acknowledgement.make(() -> spool.removeDeadLetters(delivered).thenAccept(removed -> {
            ledger.delivered(removed);
            ledger.deadLettered(-removed);
        }));
    }
}

package dev.sluice.delivery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolReader;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Brings a sink what is held of the streams that it refuses, each at its own pace, on a thread of its own, so that a
 * sink that takes long to refuse them does not hold up the others. It never has more than one batch under way, and
 * notes what became of it before it sends the next.
 */
final class HeldDelivery implements DeliveryThread.Work {

    private static final long LOOK_MILLIS = 100;
    /** The messages of one stream that are sent at a time, once the sink takes them again. */
    private static final int MOST_OF_A_STREAM = 100;

    private final SinkLedger ledger;
    private final Spool spool;
    private final SpoolReader reader;
    private final Sender sender;
    private final HeldStreams held;
    private final DeliveryProgress progress;
    private final Acknowledgement acknowledgement;
    private final StopSignal stop;

    HeldDelivery(
            SinkLedger ledger,
            Spool spool,
            Sender sender,
            HeldStreams held,
            DeliveryProgress progress,
            StopSignal stop) {
        this.ledger = ledger;
        this.spool = spool;
        this.reader = spool.reader(ledger.sink());
        this.sender = sender;
        this.held = held;
        this.progress = progress;
        this.acknowledgement = new Acknowledgement(stop);
        this.stop = stop;
    }

    @Override
    public void step() throws InterruptedException {
        if (held.isEmpty() || !deliver()) {
            stop.pause(LOOK_MILLIS);
        }
    }

    @Override
    public void close() {
        reader.close();
    }

    /** Returns whether there was anything to send. */
    private boolean deliver() throws InterruptedException {
        List<Pending> batch = batch();
        if (batch.isEmpty()) {
            return false;
        }
        Confirmation<Failure> confirmation =
                sender.send(batch.stream().map(Pending::message).toList());
        if (stop.given() && Thread.interrupted()) {
            return false; // It was not the sink that failed.
        }
        List<DeadLetter> letters = new ArrayList<>();
        List<Pending> left = sender.retain(batch, confirmation, letters, "their streams stay held");
        Set<Long> again =
                left.stream().map(pending -> pending.message().position()).collect(Collectors.toSet());
        List<SpooledMessage> gone = batch.stream()
                .map(Pending::message)
                .filter(message -> !again.contains(message.position()))
                .toList();
        if (!gone.isEmpty() && !acknowledgement.make(() -> spool.letGo(ledger.sink(), gone, letters))) {
            return false;
        }
        ledger.delivered(gone.size() - letters.size());
        ledger.deadLettered(letters.size());
        progress.died(letters);
        progress.letGo(gone);
        held.settled(gone, left, Failure.longestPause(confirmation), sender::backOff);
        return true;
    }

    /** The first message of each stream whose time has come, and more of those that have not just been refused. */
    private List<Pending> batch() {
        List<Pending> batch = new ArrayList<>();
        for (Map.Entry<String, Integer> due : held.due().entrySet()) {
            int attempts = due.getValue();
            int room = sender.batchSize() - batch.size();
            if (room <= 0) {
                break;
            }
            for (SpooledMessage message :
                    reader.held(due.getKey(), Math.min(room, attempts == 0 ? MOST_OF_A_STREAM : 1))) {
                batch.add(new Pending(message, attempts, ""));
            }
        }
        return batch;
    }
}

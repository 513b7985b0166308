package dev.sluice.delivery;

import dev.sluice.delivery.SinkLedger.Outcome;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.StoredBatch;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.springframework.util.backoff.BackOffExecution;
import org.springframework.util.backoff.ExponentialBackOff;

/**
 * Brings the messages of one listener to one of its sinks, on a thread of its own: reads from the spool, sends, sends again
 * what failed, and acknowledges. A batch is sent while the acknowledgement of the one before is on its way to the disk, and
 * never more: these two are what a sink gets twice after a crash.
 */
final class Delivery implements Runnable {

    private static final long LOOK_MILLIS = 500;
    private static final Duration STOP = Duration.ofSeconds(10);

    private final String listener;
    private final Sink sink;
    private final int batchSize;
    private final SinkLedger ledger;
    private final Spool spool;
    private final Spool.Reader reader;
    private final DeliveryProperties properties;
    private final DeliveryProgress progress;
    private final DeliveryLog log;
    private final Thread thread;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private volatile boolean replay;
    private volatile long position;
    private CompletableFuture<Void> acknowledged = CompletableFuture.completedFuture(null);

    /** A message that a sink has not confirmed yet, and where it stands in the spool. */
    private record Pending(long position, Envelope message) {}

    Delivery(
            String listener,
            Sink sink,
            SinkLedger ledger,
            Spool spool,
            DeliveryProperties properties,
            DeliveryProgress progress) {
        this.listener = listener;
        this.sink = sink;
        this.batchSize = sink.batchSize();
        this.ledger = ledger;
        this.spool = spool;
        this.reader = spool.reader(ledger.sink());
        this.position = reader.start();
        this.properties = properties;
        this.progress = progress;
        this.log = new DeliveryLog(listener);
        this.thread = Thread.ofPlatform()
                .daemon()
                .name("delivery-" + listener + "-" + ledger.sink())
                .unstarted(this);
    }

    void start() {
        thread.start();
    }

    SinkLedger ledger() {
        return ledger;
    }

    /** The first message that the sink is not done with. */
    long position() {
        return position;
    }

    /** Sends the dead letters once more, before whatever comes next. */
    void replay() {
        replay = true;
    }

    /** Ends the thread after the send in progress. */
    void close() {
        stopping.countDown();
        try {
            if (!thread.join(STOP)) {
                thread.interrupt();
                thread.join(STOP);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean stopping() {
        return stopping.getCount() == 0;
    }

    @Override
    public void run() {
        try {
            while (!stopping()) {
                try {
                    if (replay) {
                        replay = false;
                        replayDeadLetters();
                    }
                    deliver(spool.read(reader, position, LOOK_MILLIS));
                } catch (SpoolException ex) {
                    String problem = "the spool " + ex.getMessage();
                    ledger.failed(0, problem);
                    log.failed(ledger.sink(), 0, problem, "trying on");
                    stopping.await(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } finally {
            reader.close();
        }
    }

    private void deliver(List<StoredBatch> batches) throws InterruptedException {
        List<Envelope> messages = new ArrayList<>();
        for (StoredBatch batch : batches) {
            List<Envelope> all = batch.envelopes(listener);
            long done = Math.max(0, position - batch.position());
            messages.addAll(done == 0 ? all : all.subList((int) done, all.size()));
            if (messages.size() >= batchSize) {
                deliverMessages(messages);
                messages = new ArrayList<>();
            }
            if (stopping()) {
                return;
            }
        }
        deliverMessages(messages);
    }

    /** All of them begin at the position. */
    private void deliverMessages(List<Envelope> messages) throws InterruptedException {
        for (int from = 0; from < messages.size() && !stopping(); from += batchSize) {
            List<Envelope> next = messages.subList(from, Math.min(messages.size(), from + batchSize));
            List<DeadLetter> letters = new ArrayList<>();
            if (!settle(next, letters)) {
                return;
            }
            long before = position;
            position = before + next.size();
            ledger.delivered(next.size() - letters.size());
            ledger.deadLettered(letters.size());
            progress.advance(letters);
            awaitAcknowledged();
            acknowledged = spool.acknowledge(ledger.sink(), position, letters);
        }
    }

    private void awaitAcknowledged() {
        try {
            acknowledged.join();
        } catch (CompletionException ex) {
            // The spool is being closed: the sink will get these again.
            stopping.countDown();
        }
    }

    /** Sends until each is confirmed or dead. Answers whether it came to that: not if told to stop. */
    private boolean settle(List<Envelope> messages, List<DeadLetter> letters) throws InterruptedException {
        long first = position;
        int attempt = 1;
        List<Pending> left = List.of();
        Confirmation confirmation = send(messages);
        if (!confirmation.complete()) {
            List<Pending> all = new ArrayList<>();
            for (Envelope message : messages) {
                all.add(new Pending(first + all.size(), message));
            }
            left = retain(all, confirmation, attempt, letters);
        }
        BackOffExecution backOff = backOff();
        while (!left.isEmpty()) {
            if (stopping.await(backOff.nextBackOff(), TimeUnit.MILLISECONDS)) {
                return false;
            }
            attempt++;
            List<Pending> sent = left;
            confirmation = send(sent.stream().map(Pending::message).toList());
            left = retain(sent, confirmation, attempt, letters);
        }
        if (ledger.isFailing() && letters.isEmpty()) {
            log.recovered(ledger.sink());
        }
        ledger.succeeded();
        return true;
    }

    private Confirmation send(List<? extends Envelope> messages) {
        long start = System.nanoTime();
        Confirmation confirmation = Attempt.send(sink, messages);
        long nanos = System.nanoTime() - start;
        int failed = confirmation.complete() ? 0 : confirmation.failures();
        ledger.add(Outcome.CONFIRMED, messages.size() - failed, nanos);
        ledger.add(Outcome.FAILED, failed, nanos);
        return confirmation;
    }

    /** Answers which are to be sent again, and adds to the letters which are not. */
    private List<Pending> retain(List<Pending> sent, Confirmation confirmation, int attempt, List<DeadLetter> letters) {
        List<Pending> left = new ArrayList<>();
        String reason = "";
        int died = 0;
        for (int i = 0; i < sent.size(); i++) {
            Failure failure = confirmation.failure(i);
            if (failure == null) {
                continue;
            }
            reason = failure.reason();
            if (failure.poison() || properties.attempts() > 0 && attempt >= properties.attempts()) {
                Pending dead = sent.get(i);
                letters.add(new DeadLetter(
                        ledger.sink(), dead.position(), dead.message(), attempt, reason, System.currentTimeMillis()));
                died++;
            } else {
                left.add(sent.get(i));
            }
        }
        ledger.add(Outcome.DEAD_LETTERED, died, 0);
        if (died > 0) {
            log.failed(ledger.sink(), died, reason, "they are dead letters now");
        }
        if (!left.isEmpty()) {
            log.failed(ledger.sink(), left.size(), reason, "they are sent again");
        }
        if (died > 0 || !left.isEmpty()) {
            ledger.failed(attempt, reason);
        }
        return left;
    }

    /** One attempt for each; those that fail stay where they are. */
    private void replayDeadLetters() {
        List<DeadLetter> letters = spool.deadLetters(ledger.sink());
        for (int from = 0; from < letters.size() && !stopping(); from += batchSize) {
            List<DeadLetter> next = letters.subList(from, Math.min(letters.size(), from + batchSize));
            Confirmation confirmation =
                    send(next.stream().map(DeadLetter::message).toList());
            List<DeadLetter> delivered = new ArrayList<>();
            for (int i = 0; i < next.size(); i++) {
                if (confirmation.failure(i) == null) {
                    delivered.add(next.get(i));
                }
            }
            ledger.delivered(delivered.size());
            ledger.deadLettered(-delivered.size());
            spool.removeDeadLetters(delivered).join();
        }
    }

    private BackOffExecution backOff() {
        ExponentialBackOff backOff = new ExponentialBackOff(properties.backoff().toMillis(), 2);
        backOff.setMaxInterval(properties.maxBackoff().toMillis());
        backOff.setJitter(properties.backoff().toMillis() / 2);
        return backOff.start();
    }
}

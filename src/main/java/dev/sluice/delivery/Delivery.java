package dev.sluice.delivery;

import dev.sluice.delivery.SinkLedger.Outcome;
import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.StoredBatch;
import dev.sluice.memory.Halt;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
import dev.sluice.sink.Sink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
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
    private volatile long stopBy;
    private Supplier<CompletableFuture<?>> acknowledge = () -> CompletableFuture.completedFuture(null);
    private CompletableFuture<?> acknowledged = acknowledge.get();

    /**
     * A message that a sink has not confirmed yet.
     *
     * @param position where it stands in the spool
     * @param attempts how often it was sent in vain, not counting when one before it in its stream held it up
     */
    private record Pending(long position, Envelope message, int attempts) {

        Pending after(Failure failure) {
            return failure.held() ? this : new Pending(position, message, attempts + 1);
        }
    }

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

    /** Tells the thread to end after the send in progress. */
    void stop() {
        stopBy = System.nanoTime() + STOP.toNanos();
        stopping.countDown();
    }

    /** Waits until the thread has ended, cutting off a send that takes too long. */
    void close() {
        stop();
        awaitEnd();
    }

    /** Of a thread that was told to. */
    void awaitEnd() {
        try {
            if (!thread.join(Duration.ofNanos(Math.max(1, stopBy - System.nanoTime())))) {
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
                } catch (InterruptedException ex) {
                    // Only a stop means it, which the loop sees.
                } catch (RuntimeException | Error ex) {
                    Halt.onOutOfMemory(ex);
                    troubled(ex);
                }
            }
        } finally {
            reader.close();
        }
    }

    /** What no sink has to do with. The thread lives on, since nobody else would bring these messages. */
    private void troubled(Throwable cause) {
        String problem = cause instanceof SpoolException ? "the spool: " + cause.getMessage() : cause.toString();
        ledger.failed(0, problem);
        log.failed(ledger.sink(), 0, problem, "trying on");
        try {
            pause(LOOK_MILLIS);
        } catch (InterruptedException ex) {
            // As above.
        }
    }

    /** Answers whether it was cut short by a stop. */
    private boolean pause(long millis) throws InterruptedException {
        return stopping.await(millis, TimeUnit.MILLISECONDS);
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
            ledger.delivered(next.size() - letters.size());
            ledger.deadLettered(letters.size());
            progress.died(letters);
            long end = position + next.size();
            position = end;
            progress.advanced();
            awaitAcknowledged();
            acknowledge = () -> spool.acknowledge(ledger.sink(), end, letters);
            acknowledged = acknowledge.get();
        }
    }

    /**
     * Waits until the last acknowledgement is durable. The spool refuses one while its listener stops and the disk cannot be
     * written: then it is asked again, or else the dead letters would be lost with the next. Answers false if told to stop; the sink may get
     * these again then.
     */
    private boolean awaitAcknowledged() throws InterruptedException {
        while (true) {
            try {
                acknowledged.get(LOOK_MILLIS, TimeUnit.MILLISECONDS);
                return true;
            } catch (TimeoutException ex) {
                if (stopping()) {
                    return false;
                }
            } catch (ExecutionException ex) {
                if (pause(LOOK_MILLIS)) {
                    return false;
                }
                acknowledged = acknowledge.get();
            }
        }
    }

    /** Sends until each is confirmed or dead. Answers whether it came to that: not if told to stop. */
    private boolean settle(List<Envelope> messages, List<DeadLetter> letters) throws InterruptedException {
        Confirmation confirmation = send(messages);
        if (!confirmation.complete()) {
            List<Pending> left = new ArrayList<>();
            for (Envelope message : messages) {
                left.add(new Pending(position + left.size(), message, 0));
            }
            BackOffExecution backOff = backOff();
            while (true) {
                if (stopping() && Thread.interrupted()) {
                    return false; // It was not the sink that failed.
                }
                left = retain(left, confirmation, letters);
                if (left.isEmpty()) {
                    break;
                }
                if (left.stream().allMatch(pending -> pending.attempts() == 0)) {
                    backOff = backOff(); // What held them up has died; now it is their turn.
                } else if (pause(
                        Math.max(backOff.nextBackOff(), confirmation.pause().toMillis()))) {
                    return false;
                }
                confirmation = send(left.stream().map(Pending::message).toList());
            }
        }
        if (letters.isEmpty()) {
            log.recovered(ledger.sink());
        }
        return true;
    }

    private Confirmation send(List<? extends Envelope> messages) {
        long start = System.nanoTime();
        Confirmation confirmation = Attempt.send(sink, messages);
        long nanos = System.nanoTime() - start;
        int failed = confirmation.complete() ? 0 : confirmation.failures();
        ledger.add(Outcome.CONFIRMED, messages.size() - failed, nanos);
        ledger.add(Outcome.FAILED, failed, nanos);
        ledger.unauthorized(failed == 0 ? 0 : confirmation.unauthorized());
        if (failed == 0) {
            ledger.succeeded();
        }
        if (!stopping()) {
            // Left behind by what the sink called; nobody has interrupted us.
            Thread.interrupted();
        }
        return confirmation;
    }

    /** Answers which are to be sent again, and adds to the letters which are not. */
    private List<Pending> retain(List<Pending> sent, Confirmation confirmation, List<DeadLetter> letters) {
        List<Pending> left = new ArrayList<>();
        @Nullable Failure passing = null;
        @Nullable Failure deadly = null;
        int died = 0;
        int attempts = 0;
        for (int i = 0; i < sent.size(); i++) {
            Failure failure = confirmation.failure(i);
            if (failure == null) {
                continue;
            }
            Pending tried = sent.get(i).after(failure);
            passing = passing == null && !failure.poison() ? failure : passing;
            if (isDead(tried, failure)) {
                letters.add(new DeadLetter(
                        ledger.sink(),
                        tried.position(),
                        tried.message(),
                        tried.attempts(),
                        failure.reason(),
                        System.currentTimeMillis()));
                deadly = failure;
                died++;
            } else {
                left.add(tried);
                attempts = Math.max(attempts, tried.attempts());
            }
        }
        ledger.add(Outcome.DEAD_LETTERED, died, 0);
        if (deadly != null) {
            log.failed(ledger.sink(), died, deadly.reason(), "they are dead letters now");
        }
        if (passing != null) {
            ledger.failed(attempts, passing.reason());
        } else if (deadly != null) {
            ledger.refused(deadly.reason());
        }
        if (passing != null && !left.isEmpty()) {
            log.failed(ledger.sink(), left.size(), passing.reason(), "they are sent again");
        }
        return left;
    }

    private boolean isDead(Pending tried, Failure failure) {
        return failure.poison()
                || !failure.held() && properties.attempts() > 0 && tried.attempts() >= properties.attempts();
    }

    /**
     * One attempt for each; those that fail stay where they are. Ends early where the sink takes none, since what is new waits
     * meanwhile.
     */
    private void replayDeadLetters() throws InterruptedException {
        boolean some = awaitAcknowledged();
        long from = 0;
        while (some && !stopping()) {
            List<DeadLetter> next = spool.deadLetters(ledger.sink(), from, batchSize);
            some = !next.isEmpty() && replay(next);
            from = next.isEmpty() ? from : next.getLast().position() + 1;
        }
    }

    /** Answers whether the sink takes messages. */
    private boolean replay(List<DeadLetter> letters) throws InterruptedException {
        Confirmation confirmation =
                send(letters.stream().map(DeadLetter::message).toList());
        List<DeadLetter> delivered = new ArrayList<>();
        @Nullable Failure passing = null;
        @Nullable Failure refusal = null;
        for (int i = 0; i < letters.size(); i++) {
            Failure failure = confirmation.failure(i);
            if (failure == null) {
                delivered.add(letters.get(i));
                continue;
            }
            refusal = refusal == null ? failure : refusal;
            if (passing == null && !failure.poison()) {
                passing = failure;
            }
        }
        if (passing != null) {
            ledger.failed(0, passing.reason());
        } else if (refusal != null) {
            ledger.refused(refusal.reason());
        }
        if (refusal != null) {
            log.failed(ledger.sink(), confirmation.failures(), refusal.reason(), "they stay dead letters");
        }
        if (!delivered.isEmpty()) {
            remove(delivered);
        }
        return passing == null || !delivered.isEmpty();
    }

    /** What was purged meanwhile counts as purged. */
    private void remove(List<DeadLetter> delivered) throws InterruptedException {
        acknowledge = () -> spool.removeDeadLetters(delivered).thenAccept(removed -> {
            ledger.delivered(removed);
            ledger.deadLettered(-removed);
        });
        acknowledged = acknowledge.get();
        awaitAcknowledged();
    }

    private BackOffExecution backOff() {
        ExponentialBackOff backOff = new ExponentialBackOff(properties.backoff().toMillis(), 2);
        backOff.setMaxInterval(properties.maxBackoff().toMillis());
        backOff.setJitter(properties.backoff().toMillis() / 2);
        return backOff.start();
    }
}

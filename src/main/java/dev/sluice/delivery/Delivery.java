package dev.sluice.delivery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.Spool;
import dev.sluice.delivery.spool.SpoolReader;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.delivery.spool.StoredBatch;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Brings the messages of one listener to one of its sinks, on a thread of its own: reads from the spool, sends, sends
 * again what failed, and acknowledges. A batch is sent while the acknowledgement of the one before is on its way to the
 * disk, and never more: these two are what a sink gets twice after a crash.
 *
 * <p>Streams that the sink refuses are left to a {@link HeldDelivery} on a second thread. While there are any, nothing
 * is sent before the last acknowledgement is on disk, so that both threads together have two batches under way.
 */
final class Delivery implements DeliveryThread.Work {

    private static final long LOOK_MILLIS = 500;
    /** What is for other sinks is acknowledged once in this time, and when nothing more comes. */
    private static final Duration PASSED_OVER = Duration.ofSeconds(1);

    private static final Duration STOP = Duration.ofSeconds(10);

    private final SinkLedger ledger;
    private final Spool spool;
    private final SpoolReader reader;
    /** What stands in the queue there and behind is not for the sink. */
    private volatile long end;

    private final DeliveryProgress progress;
    private final DeliveryLog log;
    private final StopSignal stop = new StopSignal();
    private final Sender sender;
    private final HeldStreams held;
    private final Acknowledgement acknowledgement = new Acknowledgement(stop);
    private final Set<Long> takenAhead = new HashSet<>();
    private final Replay deadLetters;
    private final DeliveryThread thread;
    private final DeliveryThread heldThread;
    private volatile boolean replay;
    /** The positions of dead letters that are to be sent once more by themselves. */
    private final NavigableSet<Long> chosen = new ConcurrentSkipListSet<>();

    private volatile long position;
    private volatile long stopBy;
    private long acknowledged;
    /** By {@code System.nanoTime()}. */
    private long acknowledgedAt = System.nanoTime();

    /**
     * @param end what stands in the queue there and behind is not for the sink
     */
    Delivery(
            String listener,
            Sender.Outlet outlet,
            SinkLedger ledger,
            Spool spool,
            DeliveryProgress progress,
            long end) {
        this.ledger = ledger;
        this.spool = spool;
        this.reader = spool.reader(ledger.sink());
        this.position = reader.start();
        this.acknowledged = position;
        this.end = end;
        this.progress = progress;
        this.log = new DeliveryLog(listener);
        this.sender = new Sender(outlet, ledger, log, stop);
        this.held = new HeldStreams(ledger.sink(), spool);
        this.deadLetters = new Replay(spool, sender, ledger, log, acknowledgement, stop);
        String name = "delivery-" + listener + "-" + ledger.sink();
        this.thread = new DeliveryThread(name, stop, this, problem -> {
            ledger.failed(0, problem);
            log.failed(ledger.sink(), 0, problem, "trying on");
        });
        this.heldThread = new DeliveryThread(
                name + "-held",
                stop,
                new HeldDelivery(ledger, spool, sender, held, progress, stop),
                problem -> log.failed(ledger.sink(), 0, problem, "trying on"));
    }

    void start() {
        thread.start();
    }

    /** Sends by another sink of the name, or otherwise, from the next send on. */
    void change(Sender.Outlet outlet) {
        sender.change(outlet);
    }

    /** Its sink is named again: it goes on with what comes. */
    void goOn() {
        end = Long.MAX_VALUE;
    }

    /** Whether the sink is done with all that has become durable, but for what is acknowledged late. */
    boolean hasCaughtUp() {
        return position >= Math.min(end, spool.state().end()) && held.isEmpty();
    }

    SinkLedger ledger() {
        return ledger;
    }

    /** The first message that the sink is not done with, but for those that are held. */
    long position() {
        return position;
    }

    HeldStreams held() {
        return held;
    }

    /** Sends the dead letters once more, before whatever comes next. */
    void replay() {
        replay = true;
    }

    /** The same of those at some positions. */
    void replay(NavigableSet<Long> positions) {
        chosen.addAll(positions);
    }

    /** Tells the threads to end after the send in progress. */
    void stop() {
        stopBy = System.nanoTime() + STOP.toNanos();
        stop.give();
    }

    /** Waits until the threads have ended that were told to, cutting off a send that takes too long. */
    void awaitEnd() {
        thread.awaitEnd(stopBy);
        heldThread.awaitEnd(stopBy);
    }

    @Override
    public void step() throws InterruptedException {
        if (!held.isEmpty()) {
            heldThread.start();
        }
        if (replay) {
            replay = false;
            deadLetters.run();
        }
        if (!chosen.isEmpty()) {
            NavigableSet<Long> positions = new TreeSet<>(chosen);
            chosen.removeAll(positions);
            deadLetters.run(positions);
        }
        if (position < end) {
            deliver(reader.read(position, LOOK_MILLIS));
        } else {
            passOver(position);
            stop.pause(LOOK_MILLIS);
        }
    }

    @Override
    public void close() {
        reader.close();
    }

    private void deliver(SpoolReader.Portion portion) throws InterruptedException {
        List<SpooledMessage> messages = new ArrayList<>();
        for (StoredBatch batch : portion.batches()) {
            messages.addAll(reader.messages(batch, position));
            if (messages.size() >= sender.batchSize()) {
                deliver(messages, batch.end());
                messages = new ArrayList<>();
            }
            if (stop.given()) {
                return;
            }
        }
        deliver(messages, portion.end());
    }

    /**
     * @param behind the position behind them, and behind others that are not for this sink
     */
    private void deliver(List<SpooledMessage> messages, long behind) throws InterruptedException {
        int to;
        for (int from = 0; from < messages.size(); from = to) {
            to = Math.min(messages.size(), from + sender.batchSize());
            List<SpooledMessage> next = messages.subList(from, to);
            if (stop.given()
                    || !deliverBatch(next, to < messages.size() ? next.getLast().position() + 1 : behind)) {
                return;
            }
        }
        if (messages.isEmpty()) {
            passOver(behind);
        }
    }

    /** Nobody waits for that, so that it need not be on disk at once. */
    private void passOver(long behind) throws InterruptedException {
        boolean idle = position == behind;
        position = behind;
        if (acknowledged < behind && (idle || System.nanoTime() - acknowledgedAt > PASSED_OVER.toNanos())) {
            acknowledge(behind, List.of(), List.of());
        }
    }

    /** Returns false if told to stop. */
    private boolean deliverBatch(List<SpooledMessage> batch, long behind) throws InterruptedException {
        List<Pending> aside = new ArrayList<>();
        List<SpooledMessage> free = batch;
        if (!held.isEmpty() || !takenAhead.isEmpty()) {
            if (!acknowledgement.await()) {
                return false;
            }
            free = separate(batch, aside);
            while (!aside.isEmpty() && !held.hasRoom(0, aside)) {
                if (stop.pause(sender.leastPause())) {
                    return false;
                }
                aside.clear();
                free = separate(batch, aside); // Their streams may have been taken meanwhile.
            }
        }
        takenAhead.removeIf(taken -> taken < behind);
        List<DeadLetter> letters = List.of();
        if (!free.isEmpty()) {
            LookAhead lookAhead = new LookAhead(reader, behind);
            Settlement settlement = new Settlement(sender, ledger, held, lookAhead, takenAhead, stop);
            if (!settlement.settle(free)) {
                return false;
            }
            letters = settlement.letters();
            aside.addAll(settlement.aside());
            if (letters.isEmpty() && aside.isEmpty()) {
                log.recovered(ledger.sink());
            }
        }
        ledger.delivered(batch.size() - letters.size() - aside.size());
        ledger.deadLettered(letters.size());
        advance(behind, letters, aside);
        return true;
    }

    /** Returns those that may be sent now, and adds those of held streams to the others. */
    private List<SpooledMessage> separate(List<SpooledMessage> batch, List<Pending> aside) {
        Set<String> names = held.names();
        List<SpooledMessage> free = new ArrayList<>(batch.size());
        for (SpooledMessage message : batch) {
            if (!takenAhead.contains(message.position())) {
                if (names.contains(message.origin().lane())) {
                    aside.add(new Pending(message));
                } else {
                    free.add(message);
                }
            }
        }
        return free;
    }

    private void advance(long behind, List<DeadLetter> letters, List<Pending> aside) throws InterruptedException {
        List<SpooledMessage> messages = aside.stream().map(Pending::message).toList();
        if (!aside.isEmpty()) {
            held.add(aside, sender::backOff);
            progress.held(messages);
            heldThread.start();
        }
        progress.died(letters);
        position = behind;
        progress.advanced();
        acknowledge(behind, letters, messages);
    }

    private void acknowledge(long behind, List<DeadLetter> letters, List<SpooledMessage> messages)
            throws InterruptedException {
        acknowledged = behind;
        acknowledgedAt = System.nanoTime();
        acknowledgement.ask(() -> spool.acknowledge(ledger.sink(), behind, letters, messages));
    }
}

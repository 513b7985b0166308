package dev.sluice.delivery;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.delivery.spool.SpooledMessage;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.util.backoff.BackOffExecution;

/**
 * Sends one batch until each message of it is confirmed, dead, or of a stream that is held from now on. Used once.
 *
 * <p>A stream is held if one of its messages is refused while the sink takes others that were sent at the same time or
 * later. If it takes none the sink may be away: then all wait for it, and after each pause the first messages of other
 * streams are tried, wherever in the queue they are.
 */
final class Settlement {

    /** Of streams that are remembered; then they are tried once more. */
    private static final int MOST_TRIED = 10_000;

    private final Sender sender;
    private final SinkLedger ledger;
    private final HeldStreams held;
    private final LookAhead lookAhead;
    private final Set<Long> takenAhead;
    private final StopSignal stop;
    private final List<DeadLetter> letters = new ArrayList<>();
    private List<Pending> aside = List.of();
    private final Set<String> tried = new HashSet<>();
    private final Set<String> newlyHeld = new HashSet<>();
    private List<Pending> left = List.of();
    private int most = 1;

    /**
     * @param takenAhead positions of messages behind this batch that the sink has already; added to
     */
    Settlement(
            Sender sender,
            SinkLedger ledger,
            HeldStreams held,
            LookAhead lookAhead,
            Set<Long> takenAhead,
            StopSignal stop) {
        this.sender = sender;
        this.ledger = ledger;
        this.held = held;
        this.lookAhead = lookAhead;
        this.takenAhead = takenAhead;
        this.stop = stop;
    }

    /** Those that the sink will not get by itself. */
    List<DeadLetter> letters() {
        return letters;
    }

    /** Those that wait behind one of their stream that the sink refuses. */
    List<Pending> aside() {
        return aside;
    }

    /** Returns whether it came to an end: not if told to stop. */
    boolean settle(List<SpooledMessage> messages) throws InterruptedException {
        Confirmation<Failure> confirmation = sender.send(messages);
        if (confirmation.complete()) {
            ledger.succeeded();
            return true;
        }
        left = messages.stream().map(Pending::new).toList();
        BackOffExecution backOff = sender.backOff();
        boolean first = true;
        while (true) {
            if (stop.given() && Thread.interrupted()) {
                return false; // It was not the sink that failed.
            }
            takeIn(confirmation, first);
            first = false;
            if (left.stream().noneMatch(pending -> pending.attempts() > 0)) {
                backOff = sender.backOff(); // What held them up is out of the way; now it is their turn.
            } else if (!pause(Math.max(
                    backOff.nextBackOff(), Failure.longestPause(confirmation).toMillis()))) {
                return false;
            }
            if (left.isEmpty()) {
                return true;
            }
            confirmation = sender.send(left.stream().map(Pending::message).toList());
            if (lookAhead.isAtEnd() || tried.size() >= MOST_TRIED) {
                // They were perhaps refused only because the sink was away.
                tried.clear();
                lookAhead.restart();
            }
        }
    }

    /**
     * @param first whether these are the first that the sink was sent: of one that goes away in the midst of them it
     *     only knows of what was taken behind it
     */
    private void takeIn(Confirmation<Failure> confirmation, boolean first) {
        List<Pending> sent = left;
        long taken = -1;
        String passing = "";
        for (int i = 0; i < sent.size(); i++) {
            var failure = confirmation.failure(i);
            if (failure == null) {
                taken = sent.get(i).message().position();
            } else if (!failure.poison() && passing.isEmpty()) {
                passing = failure.reason();
            }
        }
        left = sender.retain(sent, confirmation, letters, "they are sent again");
        boolean some = taken >= 0 && hold(first ? taken : Long.MAX_VALUE);
        if (passing.isEmpty() || some && left.isEmpty()) {
            ledger.succeeded();
        } else {
            ledger.failed(left.stream().mapToInt(Pending::attempts).max().orElse(0), passing);
        }
    }

    /**
     * Puts the streams aside of which a message was refused.
     *
     * @param before the position of one that was taken, in evidence against those before it
     * @return whether there was any for which there is room
     */
    private boolean hold(long before) {
        List<String> refused = left.stream()
                .filter(pending -> pending.refused() && pending.message().position() < before)
                .map(Pending::stream)
                .distinct()
                .toList();
        boolean some = false;
        for (String stream : refused) {
            List<Pending> wouldBeAside = new ArrayList<>(aside);
            left.stream().filter(pending -> pending.stream().equals(stream)).forEach(wouldBeAside::add);
            if (held.hasRoom(newlyHeld.size() + 1, wouldBeAside)) {
                newlyHeld.add(stream);
                aside = wouldBeAside;
                left = left.stream()
                        .filter(pending -> !pending.stream().equals(stream))
                        .toList();
                some = true;
            }
        }
        return some;
    }

    /** Returns false if told to stop. May end early, with the refused streams held. */
    private boolean pause(long millis) throws InterruptedException {
        long rest = millis;
        while (rest > 0 && !left.isEmpty()) {
            long slice = Math.min(rest, Math.max(1, sender.leastPause()));
            if (stop.pause(slice)) {
                return false;
            }
            rest -= slice;
            tryOthers();
        }
        return true;
    }

    /**
     * Tries one, then two, then four, since many streams may be refused before the first that is not. Where none can be
     * held any more, no more are taken than a batch: these, too, are what the sink gets twice after a crash.
     */
    private void tryOthers() throws InterruptedException {
        int room = Math.min(MOST_TRIED - tried.size(), sender.batchSize() - takenAhead.size());
        if (room <= 0) {
            return;
        }
        Set<String> known = held.names();
        known.addAll(newlyHeld);
        known.addAll(tried);
        left.forEach(pending -> known.add(pending.stream()));
        List<SpooledMessage> others = lookAhead.next(known, takenAhead, Math.min(most, room));
        if (others.isEmpty()) {
            return;
        }
        most = Math.min(2 * most, sender.batchSize());
        Confirmation<Failure> confirmation = sender.send(others);
        boolean some = false;
        for (int i = 0; i < others.size(); i++) {
            tried.add(others.get(i).origin().lane());
            if (confirmation.failure(i) == null) {
                takenAhead.add(others.get(i).position());
                some = true;
            }
        }
        if (some && hold(Long.MAX_VALUE) && left.isEmpty()) {
            ledger.succeeded();
        }
    }
}

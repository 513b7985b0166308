package dev.sluice.transport;

import dev.sluice.memory.Halt;
import dev.sluice.message.Awaited;
import dev.sluice.message.ReceivedMessage;
import java.util.ArrayList;
import java.util.List;

/**
 * The answers that others are still to give to messages of one thread, in the order of these messages. Belongs to that
 * thread.
 */
final class OwedAnswers {

    private static final class Debt {
        private final ReceivedMessage message;
        private final Awaited answer;
        /** Where its place is among the replies that wait. */
        private final int at;
        /** How many messages had been gathered before it. */
        private final int index;

        private boolean quiet;

        Debt(ReceivedMessage message, Awaited answer, int at, int index) {
            this.message = message;
            this.answer = answer;
            this.at = at;
            this.index = index;
        }
    }

    private final Answers answers;
    private final List<Debt> debts = new ArrayList<>();
    /** The peer waits for an answer that there is not, and gets no more. */
    private boolean cut;

    OwedAnswers(Answers answers) {
        this.answers = answers;
    }

    /**
     * @param at where its place is among the replies that wait
     * @param index how many messages have been gathered before it
     */
    void add(ReceivedMessage message, Awaited answer, int at, int index) {
        debts.add(new Debt(message, answer, at, index));
    }

    int size() {
        return debts.size();
    }

    /** If one is owed for this message, the message is for nobody to accept. */
    void quiet(ReceivedMessage message) {
        if (!debts.isEmpty() && debts.getLast().message == message) {
            debts.getLast().quiet = true;
        }
    }

    /**
     * Waits for each, and puts it in its place among the replies that wait. A message that fails now is as one that
     * failed when it was handled.
     *
     * @param messages those that were gathered; those that fail are taken out
     * @param bounds of the replies of these, see {@link Answers}; they are put right
     */
    void await(List<ReceivedMessage> messages, int[] bounds) {
        cut = false;
        settle(messages, bounds);
    }

    /** The same without a wait: they fail, since nobody can be answered any more. */
    void forsake(List<ReceivedMessage> messages, int[] bounds) {
        cut = true;
        settle(messages, bounds);
    }

    private void settle(List<ReceivedMessage> messages, int[] bounds) {
        answers.setAside();
        int gathered = messages.size();
        int kept = 0;
        int next = 0;
        int paid = 0;
        for (int i = 0; i <= gathered; i++) {
            ReceivedMessage message = i < gathered ? messages.get(i) : null;
            boolean well = true;
            boolean owed = false;
            int begin = 0;
            for (; paid < debts.size() && debts.get(paid).index == i; paid++) {
                Debt debt = debts.get(paid);
                answers.keep(next, debt.at);
                next = debt.at;
                begin = answers.repliesEnd();
                well = pay(debt, paid);
                owed = debt.message == message;
                if (!owed && !well) {
                    answers.countFailure(debt.quiet);
                }
            }
            if (message == null) {
                break;
            }
            if (!owed) {
                int end = bounds[2 * i + 1];
                answers.keep(next, bounds[2 * i]);
                begin = answers.repliesEnd();
                answers.keep(bounds[2 * i], end);
                next = end;
                well = !cut;
            }
            if (well) {
                bounds[2 * kept] = begin;
                bounds[2 * kept + 1] = answers.repliesEnd();
                messages.set(kept++, message);
            } else {
                answers.countFailure(false);
            }
        }
        answers.keepRest(next);
        messages.subList(kept, gathered).clear();
        debts.clear();
    }

    /** Returns whether its message has not failed. */
    private boolean pay(Debt debt, int number) {
        if (cut) {
            debt.answer.forsake();
            return false;
        }
        answers.resume(number);
        Throwable failure = null;
        try {
            byte[] answer = debt.answer.await();
            if (answer != null) {
                debt.message.reply(answer);
            }
        } catch (InterruptedException ex) {
            debt.answer.forsake();
            Thread.currentThread().interrupt();
            failure = new IllegalStateException("the wait for an answer was cut short", ex);
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            failure = ex;
        }
        cut = failure != null && !answers.failLate(debt.message, failure);
        return failure == null;
    }
}

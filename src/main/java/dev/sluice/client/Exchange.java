package dev.sluice.client;

import java.util.OptionalLong;

/**
 * What is to be said to whom, and when it is over.
 *
 * @param count the answers after which it is over; if absent, that is up to the peer
 */
record Exchange(Peer peer, Messages messages, OptionalLong count, AnswerPrinter printer) {

    /** A silent peer: what has come so far, and what to try. */
    ClientFailure silent(Sender sender, Progress progress, long answers, long wanted) {
        String time = TimeoutConverter.format(peer.timeout());
        if (!sender.ended()) {
            return ClientFailure.timedOut("Timed out: " + peer + " took nothing and sent nothing for " + time
                    + ", after " + count(progress.sent(), "message") + " sent. It may have stopped reading.");
        }
        if (wanted > 0) {
            return ClientFailure.timedOut("Timed out: " + peer + " was silent for " + time + " after " + answers
                    + " of " + count(wanted, "answer") + ". Check --framing and --count, or give a longer --timeout.");
        }
        return ClientFailure.timedOut("Timed out: " + peer + " was silent for " + time + " after "
                + count(answers, "answer") + " and keeps the connection open. "
                + (answers > 0
                        ? "Give --count " + answers + " to end after these, or a longer --timeout."
                        : "Check --framing, or give a longer --timeout."));
    }

    static String count(long number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}

package dev.sluice.sink.amqp;

import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How it ended with a channel that carried messages. A broker closes one over a single message, and breaks off what
 * else was on its way: that is none the worse for it, and goes by another channel.
 *
 * @param closed why the broker has closed the channel; null if it has not
 * @param failed why not all messages were answered; null if they were
 */
record ChannelEnd(@Nullable String closed, @Nullable Failure failed) {

    /**
     * @param due the index of each publication's message
     * @param failures takes those of messages that were not confirmed
     * @return which are to be sent by another channel
     */
    List<Integer> settle(
            List<Publication> publications,
            List<Integer> due,
            List<? extends Envelope> messages,
            Map<Integer, Failure> failures) {
        boolean blames = publications.stream().anyMatch(this::blames);
        List<Integer> again = new ArrayList<>();
        Set<String> heldStreams = new HashSet<>();
        for (int k = 0; k < due.size(); k++) {
            Publication publication = publications.get(k);
            String stream = messages.get(due.get(k)).origin().lane();
            if (blames && publication.isBrokenOff() && !blames(publication)) {
                if (!heldStreams.contains(stream)) {
                    again.add(due.get(k));
                }
                continue;
            }
            Failure failure = failure(publication);
            if (failure != null) {
                failures.put(due.get(k), failure);
                if (!failure.poison()) {
                    heldStreams.add(stream);
                }
            }
        }
        return again;
    }

    private boolean blames(Publication publication) {
        return closed != null && publication.isBlamed(closed);
    }

    private @Nullable Failure failure(Publication publication) {
        if (closed == null && failed != null && publication.isBrokenOff()) {
            return failed;
        }
        if (publication.isAnswered()) {
            return publication.failure(closed);
        }
        return closed != null && publication.isBlamed(closed) ? publication.refusal(closed) : failed;
    }
}

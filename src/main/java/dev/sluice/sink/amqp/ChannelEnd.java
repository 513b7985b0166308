package dev.sluice.sink.amqp;

import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import java.util.SortedMap;
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
     * Settles the messages of the channel, but for those that another channel is to carry.
     *
     * @param publications by the index of their messages, in its order
     */
    void settle(SortedMap<Integer, Publication> publications, OrderedConfirmation confirmation) {
        boolean blames = publications.values().stream().anyMatch(this::blames);
        publications.forEach((index, publication) -> {
            if (!blames || !publication.isBrokenOff() || blames(publication)) {
                confirmation.settle(index, failure(publication));
            }
        });
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

package dev.sluice.sink;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import java.util.List;

/**
 * A destination. Called by many threads at once: by one for each listener that delivers through its spool, and by the
 * threads of all connections of a listener that delivers directly.
 */
public interface Sink extends AutoCloseable {

    /**
     * Sends messages and waits, for a bounded time, until the destination has confirmed each or it has failed. Messages
     * of one {@link dev.sluice.message.Origin#lane() stream} go out in the order of the list; where one of them fails
     * other than as poison, those behind it in its stream are best not sent. They are reported as {@link Failure#held
     * held}, even if the destination has them already, so that they come again behind it. {@link OrderedConfirmation}
     * sees to that. Messages of other streams are none the worse for it.
     *
     * <p>A message may come again, after a failure or a crash, under the same {@link Envelope#id() id}.
     *
     * @param messages at least one
     * @return what became of each
     * @throws InterruptedException if interrupted meanwhile; what was sent is unknown then
     * @throws RuntimeException if none of them could be sent, for a reason that may pass; its text reaches the operator
     */
    Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException;

    /**
     * How many messages it takes at a time at the most; fewer than two times as many are what it gets twice after a
     * crash. A sink for which a call is dear and a message cheap asks for many.
     */
    default int batchSize() {
        return 1000;
    }

    /** Gives back connections and files. Not called while a {@link #send} is under way. */
    @Override
    void close();
}

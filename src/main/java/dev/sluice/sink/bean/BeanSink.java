package dev.sluice.sink.bean;

import dev.sluice.memory.Halt;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.Sink;
import dev.sluice.text.Causes;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessagingException;

/**
 * Calls a bean with one message after the other, or with all of a list, on the thread of whoever sends. The bean
 * confirms by returning. An exception may pass: for a message it holds up those behind it in its stream, for a list it
 * fails the whole list.
 *
 * <p>How long a call may take is the bean's own affair; a stop interrupts it.
 */
final class BeanSink implements Sink {

    private final BeanMethod method;

    BeanSink(BeanMethod method) {
        this.method = method;
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        OrderedConfirmation outcome = new OrderedConfirmation(messages);
        switch (method) {
            case BeanMethod.OfOne one -> {
                for (int i = 0; i < messages.size(); i++) {
                    if (outcome.isDue(i)) {
                        Message<byte[]> message = DeliveredMessage.of(messages.get(i));
                        outcome.settle(i, failure(() -> one.call(message)));
                    }
                }
            }
            case BeanMethod.OfMany many -> {
                List<Message<?>> list =
                        messages.stream().<Message<?>>map(DeliveredMessage::of).toList();
                Failure failure = failure(() -> many.call(list));
                // A failure is an attempt of the first of each stream, which the others wait for.
                IntStream.range(0, messages.size()).filter(outcome::isDue).forEach(i -> outcome.settle(i, failure));
            }
        }
        return outcome.confirmation();
    }

    /** Returns why the call failed; null if it did not. */
    private @Nullable Failure failure(Runnable call) throws InterruptedException {
        try {
            call.run();
            return null;
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            if (Causes.has(ex, InterruptedException.class)) {
                throw (InterruptedException) new InterruptedException("the bean was interrupted").initCause(ex);
            }
            Throwable cause = ex instanceof MessagingException wrapped ? wrapped.getMostSpecificCause() : ex;
            return Failure.passing("bean '" + method.bean() + "': "
                    + cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + Causes.line(cause)));
        } finally {
            // The thread may be a connection's: left interrupted, it would close its socket at the next read.
            Thread.interrupted();
        }
    }

    @Override
    public void close() {}
}

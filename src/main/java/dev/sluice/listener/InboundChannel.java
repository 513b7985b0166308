package dev.sluice.listener;

import dev.sluice.memory.Halt;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Inlet;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;

/**
 * A listener's channel. The stock one asks for every message whether the application runs and notes the answer in a
 * field, so that the connections of a listener take the memory of that field from one another; listeners run only while
 * the application does. Whoever intercepts, observes or times the channel has the stock way.
 *
 * <p>An interceptor may replace a message by any {@code Message<byte[]>}, which need not know whose it is: that is kept
 * for it while the message is on its way through the channel.
 */
final class InboundChannel extends DirectChannel implements Inlet {

    private final ScopedValue<Passage> passage = ScopedValue.newInstance();

    @Override
    public @Nullable ReceivedMessage handOn(ReceivedMessage message) {
        if (isPlain()) {
            super.doSend(message, -1);
            return message;
        }
        Passage through = new Passage(message);
        try {
            boolean sent = ScopedValue.where(passage, through).call(() -> super.send(message, -1));
            return sent ? through.handled : null;
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            Throwable cause = NestedExceptionUtils.getMostSpecificCause(ex);
            if (through.handled == null) {
                message.peer().handling().fail(message, cause);
                return message;
            }
            message.peer().handling().report(message, cause); // an interceptor failed behind it
            return through.handled;
        }
    }

    @Override
    public boolean send(Message<?> message, long timeout) {
        return isPlain() ? super.doSend(message, timeout) : super.send(message, timeout);
    }

    private boolean isPlain() {
        // Not their list, which is made anew for whoever asks.
        return interceptors.getSize() == 0 && !isObserved() && getMetricsCaptor() == null;
    }

    /** What has come past the interceptors. */
    @Override
    protected boolean doSend(Message<?> message, long timeout) {
        if (!passage.isBound()) {
            return super.doSend(message, timeout);
        }
        Passage through = passage.get();
        ReceivedMessage taken = through.inPlace(message, getComponentName());
        boolean sent = super.doSend(taken, timeout);
        through.handled = taken;
        return sent;
    }

    /** One message on its way past the interceptors. */
    private static final class Passage {

        private final ReceivedMessage received;
        private @Nullable ReceivedMessage handled;

        Passage(ReceivedMessage received) {
            this.received = received;
        }

        ReceivedMessage inPlace(Message<?> message, @Nullable String channel) {
            if (handled != null) {
                throw new IllegalStateException("an interceptor sent a second message to '" + channel
                        + "' in the place of one; it can replace a message, not make more of them");
            }
            if (message == received) {
                return received;
            }
            if (message.getPayload() instanceof byte[] payload) {
                return received.replacedBy(payload, message.getHeaders());
            }
            throw new IllegalArgumentException("an interceptor of '" + channel + "' replaced the message by a "
                    + message.getPayload().getClass().getName() + "; its payload has to be a byte[]");
        }
    }
}

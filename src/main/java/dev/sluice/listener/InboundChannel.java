package dev.sluice.listener;

import org.springframework.integration.channel.DirectChannel;
import org.springframework.messaging.Message;

/**
 * A listener's channel. The stock one asks for every message whether the application runs and notes the answer in a field, so
 * that the connections of a listener take the memory of that field from one another; listeners run only while the application
 * does. Whoever intercepts, observes or times the channel has the stock way.
 */
final class InboundChannel extends DirectChannel {

    @Override
    public boolean send(Message<?> message, long timeout) {
        boolean plain = getInterceptors().isEmpty() && !isObserved() && getMetricsCaptor() == null;
        return plain ? doSend(message, timeout) : super.send(message, timeout);
    }
}

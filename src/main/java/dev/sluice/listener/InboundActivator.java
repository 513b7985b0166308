package dev.sluice.listener;

import dev.sluice.message.ReceivedMessage;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.handler.ServiceActivatingHandler;
import org.springframework.messaging.Message;

/**
 * The service activator behind a listener's channel. The stock one asks for every message who observes, times, tracks
 * or advises it, in six methods within one another, so that the JVM no longer compiles the way of a message as one.
 * Where nobody does, this one goes past them.
 */
final class InboundActivator extends ServiceActivatingHandler {

    InboundActivator() {
        super(InboundActivator::activate);
    }

    private static @Nullable Object activate(Message<?> message) {
        ReceivedMessage received = (ReceivedMessage) message;
        received.peer().handling().handle(received);
        return null;
    }

    @Override
    public void handleMessage(Message<?> message) {
        if (isObserved() || getMetricsCaptor() != null || shouldTrack() || hasAdviceChain()) {
            super.handleMessage(message);
        } else {
            activate(message);
        }
    }
}

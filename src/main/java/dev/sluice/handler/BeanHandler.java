package dev.sluice.handler;

import dev.sluice.message.ReceivedMessage;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.handler.MethodInvokingMessageProcessor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessagingException;

/**
 * Asks a bean: its method with {@link ServiceActivator}, or the only public one that fits. It may take the message, the
 * payload as bytes or text, and headers; it may return bytes, text, a message of these, or null for no reply.
 */
final class BeanHandler implements Handler {

    private final String name;
    private final MethodInvokingMessageProcessor<Object> method;
    private final Charset charset;

    /**
     * @throws IllegalArgumentException if the bean has no method that a service activator can invoke
     */
    BeanHandler(String name, BeanFactory beans, Charset charset) {
        this.name = name;
        this.charset = charset;
        this.method = new MethodInvokingMessageProcessor<>(beans.getBean(name), ServiceActivator.class);
        this.method.setBeanFactory(beans);
        this.method.start();
    }

    @Override
    public byte @Nullable [] handle(ReceivedMessage message) {
        Object reply;
        try {
            reply = method.processMessage(message);
        } catch (MessagingException ex) {
            throw rootOf(ex);
        } finally {
            // The thread is the connection's or the receiver's: left interrupted, it would close its socket at the next
            // read.
            Thread.interrupted();
        }
        return reply == null ? null : bytes(reply);
    }

    @Override
    public boolean mayWait() {
        return true;
    }

    private byte[] bytes(Object reply) {
        return switch (reply) {
            case byte[] bytes -> bytes;
            case CharSequence text -> text.toString().getBytes(charset);
            case Message<?> message -> bytes(message.getPayload());
            default ->
                throw new IllegalStateException("bean '" + name + "' returned a "
                        + reply.getClass().getName() + "; a reply is bytes, text, or a message of these");
        };
    }

    private static RuntimeException rootOf(MessagingException ex) {
        Throwable cause = ex.getMostSpecificCause();
        return cause instanceof RuntimeException runtime
                ? runtime
                : new IllegalStateException(cause.getMessage(), cause);
    }
}

package dev.sluice.handler;

import dev.sluice.extension.Answer;
import dev.sluice.extension.SluiceHeaders;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import java.lang.reflect.Modifier;
import java.nio.charset.Charset;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.handler.MethodInvokingMessageProcessor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessagingException;

/**
 * Asks a bean: its method with {@link ServiceActivator}, or the only public one that fits. It may take the message, the
 * payload as bytes or text, and headers; it may return bytes, text, a message of these, an {@link Answer}, or null for
 * no reply.
 */
final class BeanHandler implements Handler {

    private final String name;
    private final MethodInvokingMessageProcessor<Object> method;
    private final Charset charset;
    private final Admission admission;
    private final boolean identifies;

    /**
     * @param admission decides on who the bean says that a message is from
     * @throws IllegalArgumentException if the bean has no method that a service activator can invoke
     */
    BeanHandler(String name, BeanFactory beans, Charset charset, Admission admission) {
        this.name = name;
        this.charset = charset;
        this.admission = admission;
        Object bean = beans.getBean(name);
        this.method = new MethodInvokingMessageProcessor<>(bean, ServiceActivator.class);
        this.method.setBeanFactory(beans);
        this.method.start();
        this.identifies = Stream.of(AopUtils.getTargetClass(bean).getMethods())
                .anyMatch(candidate ->
                        candidate.getReturnType() == Answer.class && !Modifier.isStatic(candidate.getModifiers()));
    }

    @Override
    public byte @Nullable [] handle(ReceivedMessage message) {
        message.keepOrigin();
        Object reply = ask(message);
        if (reply instanceof Answer answer) {
            return answered(message, answer);
        }
        return reply == null ? null : bytes(reply);
    }

    private @Nullable Object ask(ReceivedMessage message) {
        try {
            return method.processMessage(withIdentity(message));
        } catch (MessagingException ex) {
            throw rootOf(ex);
        } finally {
            // The thread is the connection's or the receiver's: left interrupted, it would close its socket at the next
            // read.
            Thread.interrupted();
        }
    }

    /** The headers are of the time before the message said who sent it. */
    private static ReceivedMessage withIdentity(ReceivedMessage message) {
        String identity = message.origin().identity();
        if (identity == null || identity.equals(message.getHeaders().get(SluiceHeaders.IDENTITY))) {
            return message;
        }
        Map<String, Object> headers = new HashMap<>(message.getHeaders());
        headers.put(SluiceHeaders.IDENTITY, identity);
        return message.replacedBy(message.getPayload(), new PeerHeaders(headers));
    }

    private byte @Nullable [] answered(ReceivedMessage message, Answer answer) {
        Peer peer = message.peer();
        String identity = answer.identity();
        if (identity != null && !identity.equals(message.origin().identity())) {
            if (!admission.identify(message, identity)) {
                return null;
            }
            // What a rule has known the peer by holds no more.
            peer.note(this);
        }
        message.told(answer.fields());
        if (answer.isQuiet()) {
            peer.quiet();
        }
        if (answer.isClosing()) {
            peer.end(Peer.End.RULE);
        }
        return answer.payload(charset);
    }

    @Override
    public boolean identifies() {
        return identifies;
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
                        + reply.getClass().getName() + "; a reply is bytes, text, a message of these, or an Answer");
        };
    }

    private static RuntimeException rootOf(MessagingException ex) {
        Throwable cause = ex.getMostSpecificCause();
        return cause instanceof RuntimeException runtime
                ? runtime
                : new IllegalStateException(cause.getMessage(), cause);
    }
}

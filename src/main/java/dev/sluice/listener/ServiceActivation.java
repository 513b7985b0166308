package dev.sluice.listener;

import dev.sluice.handler.Handler;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.message.Template;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the service activator behind a listener's channel does: has the message handled, and answers the peer. It never
 * throws, since what happens to a message that fails is decided here.
 */
final class ServiceActivation {

    private static final Logger log = LoggerFactory.getLogger(ServiceActivation.class);

    private final Handler handler;
    private final @Nullable Template onFailure;

    ServiceActivation(Handler handler, @Nullable Template onFailure) {
        this.handler = handler;
        this.onFailure = onFailure;
    }

    void handle(ReceivedMessage message) {
        try {
            byte[] reply = handler.handle(message);
            if (reply != null) {
                message.peer().reply(reply);
            }
        } catch (RuntimeException ex) {
            log.debug("Listener '{}': message {} failed", message.peer().listener(), message.id(), ex);
            fail(message, ex);
        } catch (Error ex) {
            // A stack that was too deep for one message, say: what others sent can be handled all the same.
            // Without its stack, which a peer could fill a disk with.
            log.error("Listener '{}': message {} failed: {}", message.peer().listener(), message.id(), ex.toString());
            log.debug("Listener '{}': message {} failed", message.peer().listener(), message.id(), ex);
            fail(message, ex);
        }
    }

    private void fail(ReceivedMessage message, Throwable cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        try {
            message.peer().fail(onFailure == null ? null : onFailure.render(message, reason));
        } catch (IllegalArgumentException ex) {
            // Not even the answer can be framed.
            message.peer().fail(null);
        }
    }
}

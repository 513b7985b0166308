package dev.sluice.listener;

import dev.sluice.handler.Handler;
import dev.sluice.handler.Handlers.FailureAnswer;
import dev.sluice.memory.Halt;
import dev.sluice.message.Handling;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.pattern.UnwritableException;
import dev.sluice.text.LogThrottle;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the service activator behind a listener's channel does: has the message handled, and answers the peer. It never
 * throws, since what happens to a message that fails is decided here.
 */
final class ServiceActivation implements Handling {

    private static final Logger log = LoggerFactory.getLogger(ServiceActivation.class);

    private final LogThrottle reports = new LogThrottle(Duration.ofSeconds(1));
    private final Handler handler;
    private final @Nullable FailureAnswer onFailure;

    /**
     * @param onFailure what is answered in place of a reply; nothing if absent
     */
    ServiceActivation(Handler handler, @Nullable FailureAnswer onFailure) {
        this.handler = handler;
        this.onFailure = onFailure;
    }

    @Override
    public void handle(ReceivedMessage message) {
        try {
            byte[] reply = handler.handle(message);
            if (reply != null) {
                message.reply(reply);
            }
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            // An error, too: what others sent can be handled though a stack was too deep for one message, say.
            fail(message, ex);
        }
    }

    @Override
    public byte @Nullable [] failureAnswer(ReceivedMessage message, String reason) {
        try {
            byte[] answer = handler.failureAnswer(message, reason);
            return answer == null && onFailure != null ? onFailure.render(message, reason) : answer;
        } catch (UnwritableException ex) {
            log.debug("Listener '{}': message {} has no answer", message.peer().listener(), message.id(), ex);
            return null;
        }
    }

    @Override
    public void fail(ReceivedMessage message, Throwable cause) {
        report(message, cause);
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        try {
            message.fail(failureAnswer(message, reason));
        } catch (IllegalArgumentException ex) {
            // Not even the answer can be framed.
            message.fail(null);
        }
    }

    /** Once a second at the most and without a stack, since a peer could fill a disk with these. */
    @Override
    public void report(ReceivedMessage message, Throwable cause) {
        reports.write(unreported -> log.warn(
                "Listener '{}': message {} failed, as did {} others unreported before it: {}",
                message.peer().listener(),
                message.id(),
                unreported,
                cause.toString()));
        log.debug("Listener '{}': message {} failed", message.peer().listener(), message.id(), cause);
    }
}

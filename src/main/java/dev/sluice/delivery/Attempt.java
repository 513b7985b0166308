package dev.sluice.delivery;

import dev.sluice.memory.Halt;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One attempt to send, whose failure in whatever form is an answer. */
final class Attempt {

    private static final Logger log = LoggerFactory.getLogger(Attempt.class);

    private Attempt() {}

    static Confirmation<Failure> send(Sink sink, List<? extends Envelope> messages) {
        try {
            return sink.send(messages);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            return Confirmation.none(messages.size(), Failure.passing("interrupted"));
        } catch (RuntimeException | Error ex) {
            Halt.onOutOfMemory(ex);
            log.debug("A sink threw", ex);
            String reason = ex.getMessage() == null ? ex.getClass().getSimpleName() : ex.getMessage();
            return Confirmation.none(messages.size(), Failure.passing(reason));
        }
    }
}

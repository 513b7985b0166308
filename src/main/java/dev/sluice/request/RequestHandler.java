package dev.sluice.request;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.handler.Handler;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.sink.kafka.RecordTopic;
import java.time.Duration;
import org.apache.kafka.common.errors.InvalidTopicException;
import org.jspecify.annotations.Nullable;

/** Asks a back-end, and lets the messages behind be handled meanwhile. */
final class RequestHandler implements Handler {

    private final BackEnds backEnds;
    private final RecordTopic topic;
    private final Duration timeout;
    private final RequestTally tally;
    private final RequestSender sender;

    RequestHandler(BackEnds backEnds, String topic, Duration timeout, RequestTally tally, RequestSender sender) {
        this.backEnds = backEnds;
        this.topic = new RecordTopic(topic);
        this.timeout = timeout;
        this.tally = tally;
        this.sender = sender;
    }

    @Override
    public byte @Nullable [] handle(ReceivedMessage message) {
        String name;
        try {
            name = topic.of(message);
        } catch (InvalidTopicException | UnknownFieldException ex) {
            throw new RequestFailedException("there is no topic for it", ex);
        }
        byte[] key = message.origin().connection().getBytes(UTF_8);
        message.peer().owe(message, backEnds.ask(message, name, key, timeout, tally, sender));
        return null;
    }

    /** For the topic to be known, or for its turn. */
    @Override
    public boolean mayWait() {
        return true;
    }
}

package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import dev.sluice.message.Origin;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A sink that is told in which charset the messages of one listener are, and what its rules find in them, since a sink
 * may serve several. UTF-8 without rules is what sinks expect anyway, so that it costs nothing.
 */
record ListenersSink(Sink sink, Charset charset, @Nullable Function<Envelope, Fields> rules) implements Sink {

    private static final class Message implements Envelope {

        private final Envelope message;
        private final Charset charset;
        private final @Nullable Function<Envelope, Fields> rules;
        /** Found when they are first asked for. */
        private @Nullable Fields fields;

        Message(Envelope message, Charset charset, @Nullable Function<Envelope, Fields> rules) {
            this.message = message;
            this.charset = charset;
            this.rules = rules;
        }

        @Override
        public Origin origin() {
            return message.origin();
        }

        @Override
        public long sequence() {
            return message.sequence();
        }

        @Override
        public long receivedAt() {
            return message.receivedAt();
        }

        @Override
        public byte[] getPayload() {
            return message.getPayload();
        }

        @Override
        public Charset charset() {
            return charset;
        }

        @Override
        public Fields fields() {
            Fields found = fields;
            if (found == null) {
                found = message.fields();
                if (rules != null && found == Fields.NONE) {
                    found = rules.apply(message);
                }
                fields = found;
            }
            return found;
        }
    }

    /**
     * @param rules finds fields in messages of the listener; null if it has no rules
     */
    static Sink of(Sink sink, Charset charset, @Nullable Function<Envelope, Fields> rules) {
        return rules == null && charset.equals(StandardCharsets.UTF_8) ? sink : new ListenersSink(sink, charset, rules);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        List<Message> told = new ArrayList<>(messages.size());
        messages.forEach(message -> told.add(new Message(message, charset, rules)));
        return sink.send(told);
    }

    @Override
    public int batchSize() {
        return sink.batchSize();
    }

    @Override
    public void close() {
        sink.close();
    }
}

package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import dev.sluice.message.ToldFields;
import dev.sluice.message.WrappedEnvelope;
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
 *
 * @param open whether beans of the listener may add fields of any name
 */
record ListenersSink(Sink sink, Charset charset, @Nullable Function<Envelope, Fields> rules, boolean open)
        implements WrappedSink {

    private static final class Message implements WrappedEnvelope {

        private final ListenersSink listeners;
        private final Envelope message;
        /** Found when they are first asked for. */
        private @Nullable Fields fields;

        Message(ListenersSink listeners, Envelope message) {
            this.listeners = listeners;
            this.message = message;
        }

        @Override
        public Envelope message() {
            return message;
        }

        @Override
        public Charset charset() {
            return listeners.charset;
        }

        @Override
        public Fields fields() {
            Fields known = fields;
            if (known == null) {
                known = listeners.fields(message);
                fields = known;
            }
            return known;
        }
    }

    /**
     * @param rules finds fields in messages of the listener; null if it has no rules
     * @param open whether beans of the listener may add fields of any name
     */
    static Sink of(Sink sink, Charset charset, @Nullable Function<Envelope, Fields> rules, boolean open) {
        return rules == null && !open && charset.equals(StandardCharsets.UTF_8)
                ? sink
                : new ListenersSink(sink, charset, rules, open);
    }

    private Fields fields(Envelope message) {
        Fields found = message.found();
        if (message.origin().isOutcome()) {
            // Rules are about what devices say. What it has no field for is absent.
            return ToldFields.over(found, message.told(), true);
        }
        if (rules != null && found == Fields.NONE) {
            found = rules.apply(message);
        }
        return ToldFields.over(found, message.told(), open);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        List<Message> told = new ArrayList<>(messages.size());
        messages.forEach(message -> told.add(new Message(this, message)));
        return sink.send(told);
    }
}

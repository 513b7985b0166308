package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.WrappedEnvelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import dev.sluice.trace.Delivery;
import dev.sluice.trace.Traces;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A sink whose sends stand in the traces of messages that have one. There is none where nothing is traced.
 *
 * @param name of the sink
 */
public record TracedSink(String name, Sink sink, Traces traces) implements WrappedSink {

    /** A message whose trace goes on with this delivery. */
    private record Traced(Envelope message, String traceparent) implements WrappedEnvelope {}

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        Map<Integer, Delivery> deliveries = begin(messages);
        if (deliveries.isEmpty()) {
            return sink.send(messages);
        }
        List<Envelope> sent = new ArrayList<>(messages);
        deliveries.forEach(
                (index, delivery) -> sent.set(index, new Traced(messages.get(index), delivery.traceparent())));
        Confirmation<Failure> confirmation;
        try {
            confirmation = sink.send(sent);
        } catch (RuntimeException | Error | InterruptedException ex) {
            deliveries.values().forEach(delivery -> delivery.failed(String.valueOf(ex.getMessage())));
            throw ex;
        }
        deliveries.forEach((index, delivery) -> {
            Failure failure = confirmation.failure(index);
            if (failure == null) {
                delivery.confirmed();
            } else {
                delivery.failed(failure.reason());
            }
        });
        return confirmation;
    }

    private Map<Integer, Delivery> begin(List<? extends Envelope> messages) {
        Map<Integer, Delivery> deliveries = new TreeMap<>();
        for (int i = 0; i < messages.size(); i++) {
            Envelope message = messages.get(i);
            String traceparent = message.traceparent();
            if (traceparent != null) {
                deliveries.put(i, traces.send(name, traceparent, message));
            }
        }
        return deliveries;
    }
}

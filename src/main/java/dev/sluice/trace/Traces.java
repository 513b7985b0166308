package dev.sluice.trace;

import dev.sluice.message.Acceptance;
import dev.sluice.message.Envelope;
import dev.sluice.message.ReceivedMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.util.concurrent.TimeUnit;

/**
 * Makes the spans of messages that were chosen to have a trace. Whoever has one of these asks it; where nothing is
 * traced, nobody has. Safe for use by any thread.
 *
 * <p>A trace is {@code receive}, from the read to the answer; within it {@code accept}, until the message is on disk,
 * or its sinks have it; and a {@code send} for each time that it is sent to a sink, by whatever process.
 */
public final class Traces {

    private final Tracer tracer;
    private final double probability;

    /**
     * @param probability of a message to be chosen, from 0 to 1
     */
    public Traces(Tracer tracer, double probability) {
        this.tracer = tracer;
        this.probability = probability;
    }

    /** Of one who takes messages one after another: a connection, or a receiver of datagrams. */
    public FrameTraces newFrames() {
        return new FrameTraces(this, probability);
    }

    /** Accepts by another, and tells how long that took. */
    public Acceptance over(Acceptance acceptance) {
        return new TracedAcceptance(acceptance, this);
    }

    /** Begins the trace of a message. */
    MessageTrace receive(ReceivedMessage message) {
        return new MessageTrace(
                about(tracer.spanBuilder("receive " + message.origin().listener()), message)
                        .setParent(Context.root().with(TraceConfiguration.CHOSEN, true))
                        .setSpanKind(SpanKind.SERVER)
                        .setStartTimestamp(message.receivedAt(), TimeUnit.MILLISECONDS)
                        .setAttribute("sluice.connection", message.origin().connection())
                        .setAttribute("client.address", message.origin().remoteAddress())
                        .startSpan());
    }

    /** Begins to have a message accepted. */
    Span accept(MessageTrace trace, Envelope message) {
        return tracer.spanBuilder("accept " + message.origin().listener())
                .setParent(Context.root().with(trace.span()))
                .startSpan();
    }

    /**
     * Begins to send a message to a sink.
     *
     * @param traceparent where its trace goes on
     */
    public Delivery send(String sink, String traceparent, Envelope message) {
        Span span = about(tracer.spanBuilder("send " + sink), message)
                .setParent(TraceParent.read(traceparent))
                .setSpanKind(SpanKind.PRODUCER)
                .setAttribute("sluice.sink", sink)
                .startSpan();
        return new Delivery(span);
    }

    private static SpanBuilder about(SpanBuilder span, Envelope message) {
        return span.setAttribute("sluice.listener", message.origin().listener())
                .setAttribute("messaging.message.id", message.id())
                .setAttribute("messaging.message.body.size", (long) message.getPayload().length);
    }
}

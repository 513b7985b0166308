package dev.sluice.trace;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/** A message on its way to a sink. */
public final class Delivery {

    private final Span span;

    Delivery(Span span) {
        this.span = span;
    }

    /** Where the trace goes on at the destination. */
    public String traceparent() {
        return TraceParent.of(span);
    }

    /** The sink has confirmed the message. */
    public void confirmed() {
        span.end();
    }

    /** The sink has not. */
    public void failed(String reason) {
        span.setStatus(StatusCode.ERROR, reason);
        span.end();
    }
}

package dev.sluice.trace;

import dev.sluice.message.Trace;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;

/** The trace of a message that is being handled. */
record MessageTrace(Span span, String traceparent) implements Trace {

    MessageTrace(Span span) {
        this(span, TraceParent.of(span));
    }

    @Override
    public void failed(String reason) {
        span.setStatus(StatusCode.ERROR, reason);
    }
}

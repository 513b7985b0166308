package dev.sluice.trace;

import dev.sluice.message.Trace;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.opentelemetry.context.propagation.TextMapPropagator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The header {@code traceparent}, as OpenTelemetry reads and writes it. */
final class TraceParent {

    private static final TextMapPropagator W3C = W3CTraceContextPropagator.getInstance();

    private static final TextMapGetter<String> HEADER = new TextMapGetter<>() {

        @Override
        public Iterable<String> keys(String carrier) {
            return List.of(Trace.HEADER);
        }

        @Override
        public @Nullable String get(@Nullable String carrier, String key) {
            return key.equals(Trace.HEADER) ? carrier : null;
        }
    };

    private TraceParent() {}

    /** What is none is passed over, and begins a trace that nobody has chosen. */
    static Context read(String header) {
        return W3C.extract(Context.root(), header, HEADER);
    }

    static String of(Span span) {
        Map<String, String> headers = new HashMap<>();
        W3C.inject(Context.root().with(span), headers, (carrier, name, value) -> {
            if (carrier != null) {
                carrier.put(name, value);
            }
        });
        return headers.getOrDefault(Trace.HEADER, "");
    }
}

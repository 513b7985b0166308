package dev.sluice.trace;

import dev.sluice.message.Acceptance;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.ReceivedMessage;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Tells in the traces of messages how long their acceptance took, and what became of it. */
final class TracedAcceptance implements Acceptance {

    private final Acceptance acceptance;
    private final Traces traces;

    TracedAcceptance(Acceptance acceptance, Traces traces) {
        this.acceptance = acceptance;
        this.traces = traces;
    }

    /** A message that is being accepted, by its index. */
    private record Accepted(int index, MessageTrace trace, Span span) {

        void end(@Nullable Refusal refusal) {
            if (refusal != null) {
                span.setStatus(StatusCode.ERROR, refusal.reason());
                trace.failed(refusal.reason());
            }
            span.end();
        }
    }

    @Override
    public Confirmation<Refusal> accept(List<? extends Envelope> messages) {
        List<Accepted> traced = begin(messages);
        if (traced.isEmpty()) {
            return acceptance.accept(messages);
        }
        Confirmation<Refusal> confirmation =
                Confirmation.none(messages.size(), new Refusal("internal error", Refusal.Kind.FAILED));
        try {
            confirmation = acceptance.accept(messages);
            return confirmation;
        } finally {
            for (Accepted each : traced) {
                each.end(confirmation.failure(each.index));
            }
        }
    }

    private List<Accepted> begin(List<? extends Envelope> messages) {
        List<Accepted> traced = new ArrayList<>();
        for (int i = 0; i < messages.size(); i++) {
            if (messages.get(i) instanceof ReceivedMessage message && message.trace() instanceof MessageTrace trace) {
                traced.add(new Accepted(i, trace, traces.accept(trace, message)));
            }
        }
        return traced;
    }
}

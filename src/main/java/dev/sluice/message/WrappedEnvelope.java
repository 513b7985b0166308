package dev.sluice.message;

import java.nio.charset.Charset;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message that is as another one, but for what an implementation says itself. */
public interface WrappedEnvelope extends Envelope {

    /** The other one. */
    Envelope message();

    @Override
    default Origin origin() {
        return message().origin();
    }

    @Override
    default long sequence() {
        return message().sequence();
    }

    @Override
    default long receivedAt() {
        return message().receivedAt();
    }

    @Override
    default byte[] getPayload() {
        return message().getPayload();
    }

    @Override
    default Charset charset() {
        return message().charset();
    }

    @Override
    default Fields found() {
        return message().found();
    }

    @Override
    default Map<String, String> told() {
        return message().told();
    }

    @Override
    default @Nullable String traceparent() {
        return message().traceparent();
    }

    @Override
    default Fields fields() {
        return message().fields();
    }

    @Override
    default @Nullable List<String> sinks() {
        return message().sinks();
    }
}

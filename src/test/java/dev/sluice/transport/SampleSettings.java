package dev.sluice.transport;

import dev.sluice.message.Acceptance;
import dev.sluice.message.Handling;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.framing.FramingProperties;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings of a listener whose channel does by itself all that is done with a message. */
public final class SampleSettings {

    private SampleSettings() {}

    /**
     * @param properties what is said of framing, limits and timeouts
     */
    public static TransportSettings of(
            Map<String, String> properties, Acceptance acceptance, boolean answersFirst, FailureAnswers onFailure) {
        Binder binder = new Binder(new MapConfigurationPropertySource(properties));
        return new TransportSettings(
                binder.bindOrCreate("framing", FramingProperties.class),
                binder.bindOrCreate("limits", Limits.class),
                binder.bindOrCreate("timeouts", Timeouts.class),
                Access.EVERYONE,
                new Identification(new Identities(), IdentityProperties.Twice.ALLOW, 1, null, null),
                new Unasked(onFailure),
                false,
                acceptance,
                answersFirst,
                true,
                null,
                TapMode.PAYLOAD,
                new Traffic(),
                null);
    }

    /** What a peer gets for a message that was not accepted. */
    @FunctionalInterface
    public interface FailureAnswers {

        byte @Nullable [] of(ReceivedMessage message, String reason);
    }

    private record Unasked(FailureAnswers onFailure) implements Handling {

        @Override
        public byte @Nullable [] failureAnswer(ReceivedMessage message, String reason) {
            return onFailure.of(message, reason);
        }

        @Override
        public void handle(ReceivedMessage message) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void fail(ReceivedMessage message, Throwable cause) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void report(ReceivedMessage message, Throwable cause) {
            throw new UnsupportedOperationException();
        }
    }
}

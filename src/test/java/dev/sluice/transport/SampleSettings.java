package dev.sluice.transport;

import dev.sluice.message.Acceptance;
import dev.sluice.message.Handling;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.framing.FramingProperties;
import java.util.Map;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** Settings of a listener whose channel does by itself all that is done with a message. */
public final class SampleSettings {

    private SampleSettings() {}

    /**
     * @param properties what is said of framing, limits and timeouts
     */
    public static TransportSettings of(
            Map<String, String> properties, Acceptance acceptance, boolean answersFirst, FailureAnswer onFailure) {
        Binder binder = new Binder(new MapConfigurationPropertySource(properties));
        return new TransportSettings(
                binder.bindOrCreate("framing", FramingProperties.class),
                binder.bindOrCreate("limits", Limits.class),
                binder.bindOrCreate("timeouts", Timeouts.class),
                Access.EVERYONE,
                new Unasked(),
                false,
                acceptance,
                answersFirst,
                onFailure,
                true,
                new Traffic());
    }

    private static final class Unasked implements Handling {

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

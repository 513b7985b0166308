package dev.sluice.transport;

import dev.sluice.transport.framing.FramingProperties;
import java.util.Map;
import java.util.function.IntPredicate;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** What a listener is changed to, for tests that change one. */
public final class Changes {

    /** No port is held by this process. */
    public static final IntPredicate NONE = _ -> false;

    private Changes() {}

    /** Binds properties of this type by these keys. */
    public static <T> T bind(Class<T> type, Map<String, ?> keys) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        keys.forEach((key, value) -> source.put("it." + key, value));
        return new Binder(source).bindOrCreate("it", type);
    }

    public static TransportSettings framing(TransportSettings of, Map<String, ?> keys) {
        return copy(of, bind(FramingProperties.class, keys), of.limits(), of.access());
    }

    public static TransportSettings limits(TransportSettings of, Map<String, ?> keys) {
        return copy(of, of.framing(), bind(Limits.class, keys), of.access());
    }

    public static TransportSettings access(TransportSettings of, Map<String, ?> keys) {
        return copy(of, of.framing(), of.limits(), bind(Access.class, keys));
    }

    /** The same, but another object. */
    public static TransportSettings same(TransportSettings of) {
        return copy(of, of.framing(), of.limits(), of.access());
    }

    private static TransportSettings copy(
            TransportSettings of, FramingProperties framing, Limits limits, Access access) {
        return new TransportSettings(
                framing,
                limits,
                of.timeouts(),
                access,
                of.identification(),
                of.handling(),
                of.repliesMayWait(),
                of.acceptance(),
                of.answersFirst(),
                of.answers(),
                of.polls(),
                of.tap(),
                of.traffic(),
                of.traces());
    }
}

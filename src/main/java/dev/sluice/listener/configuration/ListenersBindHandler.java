package dev.sluice.listener.configuration;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;

/**
 * Forgives some things in which binding a map of records is stricter than an operator expects: a key with nothing after
 * it, or a section under which everything is commented out, is absent rather than an empty text, and {@code
 * SLUICE_LISTENERS_MYBEACON_UDP_PORT} is about the listener {@code my-beacon} rather than a second one, {@code
 * mybeacon}.
 */
final class ListenersBindHandler extends AbstractBindHandler {

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("sluice");
    /** What is declared by names that the operator chooses. */
    private static final Set<ConfigurationPropertyName> NAMED =
            Set.of(ROOT.append("listeners"), ROOT.append("sinks"), ROOT.append("protocols"), ROOT.append("users"));

    private static final Pattern MEANT =
            Pattern.compile("sluice\\.(?:sinks\\.[^.]+\\.[^.]+|listeners\\.[^.]+\\.(?:udp|commands|tcp(?:\\.tls)?))");

    ListenersBindHandler(BindHandler parent) {
        super(parent);
    }

    @Override
    public @Nullable Object onSuccess(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        Object bound = NAMED.contains(name) && result instanceof Map<?, ?> named ? withoutEchoes(named) : result;
        return super.onSuccess(name, target, context, bound);
    }

    @Override
    public @Nullable Object onFailure(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) throws Exception {
        if (ROOT.equals(name) && isEmpty(name, context)) {
            return new Binder().bindOrCreate(name.toString(), target); // a bean has to be something
        }
        if (ROOT.isAncestorOf(name) && !name.isLastElementIndexed() && isEmpty(name, context)) {
            return isMeant(name) ? new Binder().bindOrCreate(name.toString(), target) : null;
        }
        return super.onFailure(name, target, context, error);
    }

    static boolean isSection(Bindable<?> target) {
        Class<?> type = target.getType().resolve(Object.class);
        return type.isRecord() || Map.class.isAssignableFrom(type);
    }

    /**
     * Returns whether a key with nothing below it still says what the sink or listener is: {@code console: { log: }}.
     */
    static boolean isMeant(ConfigurationPropertyName name) {
        return MEANT.matcher(name.toString()).matches();
    }

    private static boolean isEmpty(ConfigurationPropertyName name, BindContext context) {
        for (ConfigurationPropertySource source : context.getSources()) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return property.getValue().toString().isEmpty();
            }
        }
        return false;
    }

    private static Map<?, ?> withoutEchoes(Map<?, ?> listeners) {
        Map<Object, Object> own = new LinkedHashMap<>();
        listeners.forEach((name, properties) -> {
            boolean echo = listeners.keySet().stream().anyMatch(other -> isEcho(name.toString(), other.toString()));
            if (!echo) {
                own.put(name, properties);
            }
        });
        return own;
    }

    private static boolean isEcho(String name, String other) {
        return !name.equals(other) && !name.contains("-") && name.equals(Schema.uniform(other));
    }
}

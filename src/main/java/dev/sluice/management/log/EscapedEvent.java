package dev.sluice.management.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import dev.sluice.text.Visible;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.KeyValuePair;

/**
 * A logging event, or an exception in one, all of whose texts have only visible characters: whatever it is asked for,
 * now or in a later version of Logback. A stack trace keeps its lines, since these are no text of the event's.
 */
final class EscapedEvent implements InvocationHandler {

    private final Object original;

    private EscapedEvent(Object original) {
        this.original = original;
    }

    static ILoggingEvent of(ILoggingEvent event) {
        return view(event, ILoggingEvent.class);
    }

    private static <T> T view(T original, Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, new EscapedEvent(original)));
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] arguments) throws Throwable {
        return escaped(method.invoke(original, arguments));
    }

    private static @Nullable Object escaped(@Nullable Object value) {
        return switch (value) {
            case String text -> Visible.text(text);
            case IThrowableProxy thrown -> view(thrown, IThrowableProxy.class);
            case IThrowableProxy[] several ->
                Stream.of(several)
                        .map(thrown -> view(thrown, IThrowableProxy.class))
                        .toArray(IThrowableProxy[]::new);
            case KeyValuePair pair -> new KeyValuePair(pair.key, Visible.text(String.valueOf(pair.value)));
            case List<?> several -> several.stream().map(EscapedEvent::escaped).toList();
            case Map<?, ?> properties -> {
                Map<Object, @Nullable Object> escaped = new HashMap<>();
                properties.forEach((key, text) -> escaped.put(key, escaped(text)));
                yield escaped;
            }
            case null, default -> value;
        };
    }
}

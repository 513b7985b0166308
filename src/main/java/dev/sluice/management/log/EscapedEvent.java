package dev.sluice.management.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.LoggerContextVO;
import dev.sluice.text.Visible;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Marker;
import org.slf4j.event.KeyValuePair;

/** A logging event whose texts have only visible characters. */
final class EscapedEvent implements ILoggingEvent {

    private final ILoggingEvent event;

    EscapedEvent(ILoggingEvent event) {
        this.event = event;
    }

    @Override
    public @Nullable String getMessage() {
        return escaped(event.getMessage());
    }

    @Override
    public @Nullable String getFormattedMessage() {
        return escaped(event.getFormattedMessage());
    }

    private static @Nullable String escaped(@Nullable String text) {
        return text == null ? null : Visible.text(text);
    }

    @Override
    public @Nullable IThrowableProxy getThrowableProxy() {
        IThrowableProxy thrown = event.getThrowableProxy();
        return thrown == null ? null : new EscapedThrowable(thrown);
    }

    @Override
    public Map<String, String> getMDCPropertyMap() {
        Map<String, String> properties = event.getMDCPropertyMap();
        if (properties.isEmpty()) {
            return properties;
        }
        Map<String, String> escaped = new HashMap<>();
        properties.forEach((key, value) -> escaped.put(key, value == null ? "" : Visible.text(value)));
        return escaped;
    }

    @Override
    public Map<String, String> getMdc() {
        return getMDCPropertyMap();
    }

    @Override
    public @Nullable List<KeyValuePair> getKeyValuePairs() {
        List<KeyValuePair> pairs = event.getKeyValuePairs();
        return pairs == null
                ? null
                : pairs.stream()
                        .map(pair -> new KeyValuePair(pair.key, Visible.text(String.valueOf(pair.value))))
                        .toList();
    }

    @Override
    public String getThreadName() {
        return Visible.text(event.getThreadName());
    }

    @Override
    public Level getLevel() {
        return event.getLevel();
    }

    @Override
    public Object @Nullable [] getArgumentArray() {
        return event.getArgumentArray();
    }

    @Override
    public String getLoggerName() {
        return event.getLoggerName();
    }

    @Override
    public LoggerContextVO getLoggerContextVO() {
        return event.getLoggerContextVO();
    }

    @Override
    public StackTraceElement[] getCallerData() {
        return event.getCallerData();
    }

    @Override
    public boolean hasCallerData() {
        return event.hasCallerData();
    }

    @Override
    public @Nullable List<Marker> getMarkerList() {
        return event.getMarkerList();
    }

    @Override
    public long getTimeStamp() {
        return event.getTimeStamp();
    }

    @Override
    public int getNanoseconds() {
        return event.getNanoseconds();
    }

    @Override
    public Instant getInstant() {
        return event.getInstant();
    }

    @Override
    public long getSequenceNumber() {
        return event.getSequenceNumber();
    }

    @Override
    public void prepareForDeferredProcessing() {
        event.prepareForDeferredProcessing();
    }
}

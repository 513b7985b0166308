package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import dev.sluice.message.Origin;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A message of which it is known who sent it, and in which a rule has found something. */
public record DeviceMessage(Origin origin, long sequence, byte[] getPayload, Found fields) implements Envelope {

    /**
     * @param values by the names of all fields that there are; null for those that this message does not have
     */
    public record Found(String rule, Map<String, @Nullable String> values) implements Fields {

        @Override
        public @Nullable String text(String name) {
            if (!values.containsKey(name)) {
                throw new UnknownFieldException(name);
            }
            return values.get(name);
        }

        @Override
        public byte @Nullable [] bytes(String name) {
            String text = text(name);
            return text == null ? null : text.getBytes(UTF_8);
        }

        @Override
        public List<String> names() {
            List<String> names = new ArrayList<>(values.keySet());
            names.removeIf(name -> values.get(name) == null);
            names.sort(null);
            return names;
        }
    }

    public static DeviceMessage of(@Nullable String identity) {
        Origin origin = new Origin("greeter", "c-7", "c-7", new InetSocketAddress("192.0.2.9", 50_123), identity);
        return new DeviceMessage(origin, 1, "payload".getBytes(UTF_8), new Found("", Map.of()));
    }

    /** The same, in which the rule {@code position} has found this as well. */
    public DeviceMessage with(String field, @Nullable String value) {
        Map<String, @Nullable String> values = new HashMap<>(fields.values);
        values.put(field, value);
        return new DeviceMessage(origin, sequence, getPayload, new Found("position", values));
    }

    public DeviceMessage numbered(long number) {
        return new DeviceMessage(origin, number, getPayload, fields);
    }

    @Override
    public long receivedAt() {
        return Instant.parse("2026-03-04T23:59:58.765Z").toEpochMilli();
    }
}

package dev.sluice.sink;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is known of a message besides its payload, as attributes of CloudEvents 1.0 in its binary content mode: a sink
 * puts each into a header or property of its technology, by the name that the protocol binding prescribes.
 *
 * @see <a href="https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md">CloudEvents 1.0.2</a>
 */
public final class CloudEventAttributes {

    /** Of every message of a device. */
    public static final String TYPE = "dev.sluice.message";

    /** Of what became of a command. */
    public static final String OUTCOME_TYPE = "dev.sluice.outcome";

    private CloudEventAttributes() {}

    /**
     * Name to value, all as text; the names have no prefix. The {@code subject} is who the device is, and is absent if
     * nobody has said. An outcome of a command has no connection.
     */
    public static Map<String, String> of(Envelope message) {
        Origin origin = message.origin();
        Map<String, String> attributes = LinkedHashMap.newLinkedHashMap(10);
        attributes.put("specversion", "1.0");
        attributes.put("id", message.id());
        attributes.put("source", "sluice/" + origin.listener());
        attributes.put("type", origin.isOutcome() ? OUTCOME_TYPE : TYPE);
        String identity = origin.identity();
        if (identity != null && !identity.isEmpty()) {
            attributes.put("subject", text(identity));
        }
        attributes.put("time", Instant.ofEpochMilli(message.receivedAt()).toString());
        attributes.put("listener", origin.listener());
        if (!origin.isOutcome()) {
            attributes.put("connection", origin.connection());
            attributes.put("sequence", Long.toString(message.sequence()));
            attributes.put("remoteaddress", origin.remoteAddress());
        }
        return attributes;
    }

    /** Peers choose who they are: what may be in no attribute becomes an underscore. */
    private static String text(String value) {
        return value.codePoints().noneMatch(CloudEventAttributes::isForbidden)
                ? value
                : value.codePoints()
                        .map(c -> isForbidden(c) ? '_' : c)
                        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                        .toString();
    }

    private static boolean isForbidden(int c) {
        return Character.isISOControl(c)
                || (c & 0xFFFE) == 0xFFFE
                || c >= 0xFDD0 && c <= 0xFDEF
                || Character.getType(c) == Character.SURROGATE;
    }
}

package dev.sluice.listener.configuration;

import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.framing.FramingProperties.Type;
import java.util.Locale;
import java.util.Map;
import org.springframework.util.unit.DataSize;

/** What a framing needs, and what it has no use for. */
final class FramingRules {

    private static final Map<String, Type> OWN_KEYS = Map.of(
            "delimiter", Type.DELIMITED,
            "length-bytes", Type.LENGTH_PREFIXED,
            "byte-order", Type.LENGTH_PREFIXED,
            "length-includes-header", Type.LENGTH_PREFIXED,
            "size", Type.FIXED);

    private final Declared<ListenerProperties> listener;

    FramingRules(Declared<ListenerProperties> listener) {
        this.listener = listener;
    }

    void check() {
        if (listener.isExplained("framing.type")) {
            return;
        }
        FramingProperties framing = listener.properties().framing();
        if (listener.says("udp") && !listener.says("tcp")) {
            checkDatagrams(framing);
        } else {
            checkStream(framing);
        }
    }

    private void checkDatagrams(FramingProperties framing) {
        DataSize size = framing.maxSize();
        checkFraming(new FramingProperties(
                Type.LINE, size, framing.onOversize(), null, 4, framing.byteOrder(), false, null));
    }

    private void checkStream(FramingProperties framing) {
        checkOwners(listener, "framing", framing);
        checkFraming(framing);
    }

    /** Reports keys of another type than the framing's own. */
    static void checkOwners(Declared<?> declared, String section, FramingProperties framing) {
        if (declared.isExplained(section + ".type")) {
            return;
        }
        OWN_KEYS.forEach((key, type) -> {
            if (type != framing.type() && declared.saysItself(section + "." + key)) {
                declared.report(
                        section + "." + key,
                        "is only for type '" + name(type) + "', and the type is '" + name(framing.type()) + "'");
            }
        });
    }

    private void checkFraming(FramingProperties framing) {
        try {
            framing.toFraming();
        } catch (IllegalArgumentException ex) {
            String[] said = String.valueOf(ex.getMessage()).split(": ", 2);
            listener.reportMissing("framing." + said[0], said[1]);
        }
    }

    private static String name(Type type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

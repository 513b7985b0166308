package dev.sluice.transport;

import dev.sluice.message.Origin;
import dev.sluice.message.UnknownNameException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Tells who a device is by how it connected. Immutable. */
public final class ConnectedAs {

    /** What is known of a connection whose handshake has ended. */
    public enum Known {
        /** The distinguished name in its certificate. */
        TLS_SUBJECT("tls-subject"),
        /** The first alternative name in its certificate: of a host, an address, a URI or an e-mail account. */
        TLS_SAN("tls-san"),
        /** Its address. */
        REMOTE_ADDRESS("remote-address");

        private final String text;

        Known(String text) {
            this.text = text;
        }
    }

    private sealed interface Part {
        record Text(String text) implements Part {}

        record Value(Known known) implements Part {}
    }

    private final List<Part> parts;

    private ConnectedAs(List<Part> parts) {
        this.parts = parts;
    }

    /**
     * @throws IllegalArgumentException naming what does not exist, or the brace that is not closed
     */
    public static ConnectedAs parse(String template) {
        List<Part> parts = new ArrayList<>();
        int i = 0;
        while (i < template.length()) {
            int brace = template.indexOf('{', i);
            if (brace < 0) {
                parts.add(new Part.Text(template.substring(i)));
                break;
            }
            if (brace > i) {
                parts.add(new Part.Text(template.substring(i, brace)));
            }
            int end = template.indexOf('}', brace);
            if (end < 0) {
                throw new IllegalArgumentException("'{' is not closed");
            }
            parts.add(new Part.Value(known(template.substring(brace + 1, end))));
            i = end + 1;
        }
        return new ConnectedAs(parts);
    }

    private static Known known(String name) {
        return Stream.of(Known.values())
                .filter(known -> known.text.equals(name))
                .findFirst()
                .orElseThrow(() -> new UnknownNameException(
                        "placeholder",
                        one -> "{" + one + "}",
                        name,
                        Stream.of(Known.values()).map(known -> known.text).toList()));
    }

    /** Returns the identity; null if something that tells it is not known, or it is longer than one may be. */
    public @Nullable String of(Function<Known, @Nullable String> connection) {
        StringBuilder identity = new StringBuilder();
        for (Part part : parts) {
            String value = switch (part) {
                case Part.Text(String text) -> text;
                case Part.Value(Known known) -> connection.apply(known);
            };
            if (Objects.requireNonNullElse(value, "").isEmpty()) {
                return null;
            }
            identity.append(value);
        }
        return identity.length() > Origin.LONGEST_IDENTITY ? null : identity.toString();
    }
}

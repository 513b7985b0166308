package dev.sluice.transport;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Origin;
import dev.sluice.message.UnknownNameException;
import dev.sluice.pattern.ReplyTemplate;
import dev.sluice.pattern.UnwritableException;
import dev.sluice.pattern.Values;
import java.time.Instant;
import java.util.List;
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

    private final ReplyTemplate template;
    /** What the placeholders of the template stand for, by their index. */
    private final List<Known> placeholders;

    private ConnectedAs(ReplyTemplate template) {
        this.template = template;
        this.placeholders = template.names().stream().map(ConnectedAs::known).toList();
    }

    /**
     * @throws IllegalArgumentException naming what does not exist, or what else is wrong
     */
    public static ConnectedAs parse(String template) {
        return new ConnectedAs(ReplyTemplate.text(template, UTF_8).sealedBy(null));
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
        try {
            String identity = new String(template.render(new OfConnection(connection)), UTF_8);
            return identity.isEmpty() || identity.length() > Origin.LONGEST_IDENTITY ? null : identity;
        } catch (UnwritableException ex) {
            return null;
        }
    }

    private final class OfConnection implements Values {

        private final Function<Known, @Nullable String> connection;
        private final Instant now = Instant.now();

        OfConnection(Function<Known, @Nullable String> connection) {
            this.connection = connection;
        }

        @Override
        public @Nullable String text(int index) {
            return connection.apply(placeholders.get(index));
        }

        @Override
        public Instant receivedAt() {
            return now;
        }
    }
}

package dev.sluice.sink;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.message.Envelope;
import dev.sluice.message.Fields;
import dev.sluice.message.Origin;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * A message such as a listener may have, to see what a template makes of it. One peer sends the same to all listeners.
 */
public record Specimen(Origin origin) implements Envelope {

    /** Each is its own name, so that two of them are not the same. */
    private static final Fields NAMES = new Fields() {

        @Override
        public String text(String name) {
            return name;
        }

        @Override
        public byte[] bytes(String name) {
            return name.getBytes(UTF_8);
        }

        @Override
        public List<String> names() {
            return List.of();
        }

        @Override
        public String rule() {
            return "rule";
        }
    };

    /** Returns one as this listener may have it. */
    public static Specimen of(String listener) {
        String connection = "connection-" + listener;
        InetSocketAddress remote = new InetSocketAddress(InetAddress.getLoopbackAddress(), 50_000);
        return new Specimen(new Origin(listener, connection, connection, remote, "identity"));
    }

    @Override
    public long sequence() {
        return 1;
    }

    @Override
    public long receivedAt() {
        return 0;
    }

    @Override
    public byte[] getPayload() {
        return "payload".getBytes(UTF_8);
    }

    @Override
    public Fields fields() {
        return NAMES;
    }
}

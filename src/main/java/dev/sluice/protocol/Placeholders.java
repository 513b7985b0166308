package dev.sluice.protocol;

import dev.sluice.message.Envelope;
import dev.sluice.message.UnknownNameException;
import dev.sluice.pattern.ReplyTemplate;
import dev.sluice.pattern.Values;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A template of a rule, of which each placeholder is known to be a field of the rule or what every message has.
 * Immutable.
 */
final class Placeholders {

    private final ReplyTemplate template;
    /** By index of the template's placeholders: the index of a field, or -1. */
    private final int[] fields;

    private final @Nullable Builtin[] builtins;

    /**
     * @param rule whose fields they may be
     * @throws UnknownNameException naming the first that does not exist, and all that do
     */
    Placeholders(ReplyTemplate template, List<String> rule) {
        this.template = template;
        List<String> names = template.names();
        this.fields = new int[names.size()];
        this.builtins = new @Nullable Builtin[names.size()];
        for (int i = 0; i < fields.length; i++) {
            String name = names.get(i);
            fields[i] = rule.indexOf(name);
            if (fields[i] < 0) {
                builtins[i] = Builtin.named(name).orElseThrow(() -> unknown(name, rule));
            }
        }
    }

    private static UnknownNameException unknown(String name, List<String> rule) {
        return new UnknownNameException(
                "placeholder",
                one -> "{" + one + "}",
                name,
                Stream.concat(rule.stream(), Stream.of(Builtin.values()).map(Builtin::text))
                        .toList());
    }

    /**
     * @param found null if there are no fields
     * @param reason why the message was not accepted; empty if it was
     * @throws dev.sluice.pattern.UnwritableException if it cannot be written with what this message has
     */
    byte[] render(@Nullable Found found, Envelope message, String reason) {
        return template.render(new OfMessage(found, message, reason));
    }

    /** Returns the bytes of all fields that occur, as they came: null if one of them is absent. */
    byte @Nullable [] raw(Found found) {
        if (fields.length == 1 && fields[0] >= 0) {
            return found.bytes(fields[0]);
        }
        List<byte[]> parts = new ArrayList<>();
        int size = 0;
        for (int field : fields) {
            byte[] part = field < 0 ? null : found.bytes(field);
            if (part == null) {
                return null;
            }
            parts.add(part);
            size += Integer.BYTES + part.length;
        }
        // Each behind its length, so that no other values make the same bytes.
        ByteBuffer raw = ByteBuffer.allocate(size);
        for (byte[] part : parts) {
            raw.putInt(part.length).put(part);
        }
        return raw.array();
    }

    private final class OfMessage implements Values {

        private final @Nullable Found found;
        private final Envelope message;
        private final String reason;

        OfMessage(@Nullable Found found, Envelope message, String reason) {
            this.found = found;
            this.message = message;
            this.reason = reason;
        }

        @Override
        public @Nullable String text(int index) {
            return fields[index] >= 0
                    ? Objects.requireNonNull(found).text(fields[index])
                    : Objects.requireNonNull(builtins[index]).of(message, reason);
        }

        @Override
        public byte @Nullable [] bytes(int index) {
            return fields[index] >= 0
                    ? Objects.requireNonNull(found).bytes(fields[index])
                    : Objects.requireNonNull(builtins[index]).bytes(message);
        }

        @Override
        public int length(int index) {
            return fields[index] >= 0 ? Objects.requireNonNull(found).length(fields[index]) : -1;
        }

        @Override
        public void copy(int index, byte[] into, int at) {
            Objects.requireNonNull(found).copy(fields[index], into, at);
        }

        @Override
        public Instant receivedAt() {
            return Instant.ofEpochMilli(message.receivedAt());
        }
    }
}

package dev.sluice.protocol;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.message.UnknownNameException;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.NumberField;
import dev.sluice.pattern.ReplyTemplate;
import dev.sluice.pattern.Values;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a command looks like on its way to a device. Immutable, and safe for many threads. */
public final class CommandTemplate {

    private static final String NUMBER = "number";
    /** What only an answer to a message has. */
    private static final Set<Builtin> OF_MESSAGES =
            EnumSet.of(Builtin.SEQUENCE, Builtin.ID, Builtin.RULE, Builtin.REASON);

    private final ReplyTemplate template;
    private final List<String> names;
    private final @Nullable NumberField number;

    private CommandTemplate(ReplyTemplate template, @Nullable Frames frames) {
        this.template = template.sealedBy(frames);
        this.names = template.names();
        for (String name : names) {
            if (!name.equals(NUMBER)
                    && Builtin.named(name)
                            .filter(known -> !OF_MESSAGES.contains(known))
                            .isEmpty()) {
                throw new UnknownNameException(
                        "placeholder",
                        one -> "{" + one + "}",
                        name,
                        Stream.concat(
                                        Stream.of(NUMBER),
                                        EnumSet.complementOf(EnumSet.copyOf(OF_MESSAGES)).stream()
                                                .map(Builtin::text))
                                .toList());
            }
        }
        if (!names.contains(Builtin.PAYLOAD.text())) {
            throw new IllegalArgumentException("has no '{payload}', so that all commands are the same");
        }
        this.number = this.template.number(NUMBER);
    }

    /**
     * @param hex bytes in hex, text in quotes, placeholders in braces
     * @param frames that it is one of; null if it is framed otherwise
     * @throws IllegalArgumentException if it is no template, or names what a command does not have
     */
    public static CommandTemplate hex(String hex, @Nullable Frames frames) {
        return new CommandTemplate(ReplyTemplate.hex(hex), frames);
    }

    /**
     * @param text text, placeholders in braces
     * @param frames that it is one of; null if it is framed otherwise
     * @throws IllegalArgumentException if it is no template, or names what a command does not have
     */
    public static CommandTemplate text(String text, Charset charset, @Nullable Frames frames) {
        return new CommandTemplate(ReplyTemplate.text(text, charset), frames);
    }

    /** The number that commands of a connection have; null if they have none. */
    public @Nullable NumberField number() {
        return number;
    }

    /**
     * @param device to whom it is written, with its identity
     * @param payload what was submitted
     * @param sent counts what is sent over the connection
     * @throws dev.sluice.pattern.UnwritableException if it cannot be written, since the payload is too long, say
     */
    public byte[] render(Origin device, byte[] payload, long sent) {
        Envelope command = new PlainTemplate.Unasked(device, 0, payload, System.currentTimeMillis());
        return template.render(new OfCommand(command, sent));
    }

    private final class OfCommand implements Values {

        private final Envelope command;
        private final long sent;

        OfCommand(Envelope command, long sent) {
            this.command = command;
            this.sent = sent;
        }

        private @Nullable Builtin builtin(int index) {
            return Builtin.named(names.get(index)).orElse(null);
        }

        @Override
        public @Nullable String text(int index) {
            Builtin known = builtin(index);
            return known == null ? Long.toString(sent) : known.of(command, "");
        }

        @Override
        public byte @Nullable [] bytes(int index) {
            Builtin known = builtin(index);
            return known == null ? null : known.bytes(command);
        }

        @Override
        public Instant receivedAt() {
            return Instant.ofEpochMilli(command.receivedAt());
        }
    }
}

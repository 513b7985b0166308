package dev.sluice.protocol;

import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.Match;
import dev.sluice.pattern.Pattern;
import dev.sluice.pattern.ReplyTemplate;
import dev.sluice.pattern.UnwritableException;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What is done with the messages that look like this. Immutable. */
public final class Rule {

    private final RuleProperties properties;
    private final int index;
    private final String name;
    private final Charset charset;
    private final @Nullable Pattern pattern;
    /** The names of the fields: those of the pattern, then those by path. */
    private final List<String> fields;

    private final int matched;
    private final List<FieldPath> paths;
    private final @Nullable Placeholders identity;
    private final @Nullable Placeholders reply;
    private final @Nullable Placeholders onFailure;

    /**
     * @param number from 1 on, which is its name if it has none
     * @param charset of text
     * @param frames that answers are; null if answers are framed otherwise
     * @throws IllegalArgumentException if it cannot be, which {@link RulesCheck} would have told
     */
    Rule(RuleProperties properties, int number, Charset charset, @Nullable Frames frames) {
        this.properties = properties;
        this.index = number - 1;
        this.name = properties.name() == null ? Integer.toString(number) : properties.name();
        this.charset = charset;
        this.pattern = pattern(properties.match(), charset);
        this.fields = new ArrayList<>(pattern == null ? List.of() : pattern.names());
        this.matched = fields.size();
        fields.addAll(properties.fields().keySet());
        this.paths = properties.fields().values().stream().map(FieldPath::parse).toList();
        String identify = properties.identify();
        this.identity = identify == null ? null : new Placeholders(ReplyTemplate.text(identify, charset), fields);
        RuleProperties.Reply said = properties.reply();
        this.reply = said == null ? null : template(said.hex(), said.text(), frames);
        this.onFailure = said == null ? null : template(said.onFailureHex(), said.onFailure(), frames);
    }

    static @Nullable Pattern pattern(RuleProperties.@Nullable Shape shape, Charset charset) {
        return shape == null ? null : shape.pattern(charset);
    }

    private @Nullable Placeholders template(@Nullable String hex, @Nullable String text, @Nullable Frames frames) {
        if (hex == null && text == null) {
            return null;
        }
        ReplyTemplate template =
                hex != null ? ReplyTemplate.hex(hex) : ReplyTemplate.text(Objects.requireNonNull(text), charset);
        return new Placeholders(template.sealedBy(frames), fields);
    }

    /** Its place among the rules, from 0. */
    public int index() {
        return index;
    }

    /** As meters and templates have it: its number if the operator gave it none. */
    public String name() {
        return name;
    }

    /** What the operator said. */
    public RuleProperties properties() {
        return properties;
    }

    List<String> fields() {
        return fields;
    }

    /** How many of the fields are the pattern's. */
    int matched() {
        return matched;
    }

    List<FieldPath> paths() {
        return paths;
    }

    /** Returns whether it takes every message. */
    boolean takesAll() {
        return pattern == null;
    }

    @Nullable
    Match match(byte[] message) {
        return pattern == null ? null : pattern.match(message);
    }

    /** Returns whether the rule has an answer of its own that can be written. */
    public boolean replies() {
        return reply != null;
    }

    /**
     * @throws dev.sluice.pattern.UnwritableException if it cannot be written with what this message has
     */
    public byte @Nullable [] reply(Found found, Envelope message) {
        return reply == null ? null : reply.render(found, message, "");
    }

    /** Returns what a peer gets for a message that was not accepted; null if the rule does not say. */
    public byte @Nullable [] failureAnswer(Found found, Envelope message, String reason) {
        return onFailure == null ? null : onFailure.render(found, message, reason);
    }

    /** What a connection has identified itself by, so that the same again need not be read. */
    private record Known(Rule rule, byte @Nullable [] raw) {}

    /**
     * Returns who sent the message, by this rule: who it was before, if the rule does not say or the message lacks what
     * it is told by.
     *
     * @throws IllegalArgumentException if that is longer than an identity may be
     */
    public @Nullable String identify(Found found, Envelope message, Peer peer) {
        String before = message.origin().identity();
        if (identity == null) {
            return before;
        }
        byte[] raw = identity.raw(found);
        if (raw != null && peer.note() instanceof Known known && known.rule == this && Arrays.equals(known.raw, raw)) {
            return before;
        }
        byte[] rendered;
        try {
            rendered = identity.render(found, message, "");
        } catch (UnwritableException ex) {
            return before;
        }
        String who = new String(rendered, charset);
        if (who.length() > Origin.LONGEST_IDENTITY) {
            throw new IllegalArgumentException("its identity would have " + who.length() + " characters; "
                    + Origin.LONGEST_IDENTITY + " are allowed");
        }
        if (who.isEmpty()) {
            return before;
        }
        if (raw != null || peer.note() != null) {
            // What is told by more than the bytes of the message is never known by them.
            peer.note(new Known(this, raw));
        }
        return who;
    }
}

package dev.sluice.protocol;

import dev.sluice.message.Fields;
import dev.sluice.pattern.Match;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The rule that fits a message, and what it finds there when it is asked. Belongs to one thread. */
public final class Found implements Fields {

    private final Rules rules;
    /** Null if none fits. */
    private final @Nullable Rule rule;

    private final @Nullable Match match;
    private final byte[] message;
    private FieldPath.@Nullable Reading reading;

    Found(Rules rules, @Nullable Rule rule, @Nullable Match match, byte[] message) {
        this.rules = rules;
        this.rule = rule;
        this.match = match;
        this.message = message;
    }

    /** The rule that fits; null if none does. */
    public @Nullable Rule which() {
        return rule;
    }

    @Override
    public @Nullable String text(String name) {
        int field = field(name);
        return field < 0 ? null : text(field);
    }

    @Override
    public byte @Nullable [] bytes(String name) {
        int field = field(name);
        return field < 0 ? null : bytes(field);
    }

    @Override
    public List<String> names() {
        if (rule == null) {
            return List.of();
        }
        List<String> present = new ArrayList<>(rule.fields().size());
        for (int i = 0; i < rule.fields().size(); i++) {
            if (text(i) != null) {
                present.add(rule.fields().get(i));
            }
        }
        return present;
    }

    @Override
    public String rule() {
        return rule == null ? "" : rule.name();
    }

    /** Negative if another rule has it. */
    private int field(String name) {
        int field = rule == null ? -1 : rule.fields().indexOf(name);
        if (field < 0 && !rules.fields().contains(name)) {
            throw new UnknownFieldException(name);
        }
        return field;
    }

    /** By index in {@link Rule#fields()}. */
    @Nullable
    String text(int field) {
        int matched = match == null ? 0 : known().matched();
        return match != null && field < matched ? match.text(field) : path(field - matched);
    }

    /** The same as the bytes that came. */
    byte @Nullable [] bytes(int field) {
        int matched = match == null ? 0 : known().matched();
        if (match != null && field < matched) {
            return match.bytes(field);
        }
        String value = path(field - matched);
        return value == null ? null : value.getBytes(rules.charset());
    }

    /** How many bytes came; -1 if that is not known without a copy of them, or if there are none. */
    int length(int field) {
        return match != null && field < known().matched() ? match.length(field) : -1;
    }

    /** Writes the bytes of a field whose {@link #length} is known. */
    void copy(int field, byte[] into, int at) {
        Objects.requireNonNull(match).copy(field, into, at);
    }

    private @Nullable String path(int path) {
        FieldPath.Reading read = reading;
        if (read == null) {
            read = new FieldPath.Reading(message, rules.charset());
            reading = read;
        }
        return known().paths().get(path).find(read);
    }

    private Rule known() {
        if (rule == null) {
            throw new IllegalStateException("no rule, no fields");
        }
        return rule;
    }
}

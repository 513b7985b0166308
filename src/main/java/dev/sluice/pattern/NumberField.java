package dev.sluice.pattern;

import org.jspecify.annotations.Nullable;

/** A number that a template writes, and that is read again in what comes back. Immutable, and safe for many threads. */
public final class NumberField {

    /** No more are counted than fit into an {@code int}. */
    private static final long MOST = Integer.MAX_VALUE;

    private final long greatest;
    /** How the template writes it; null for its digits. */
    private final @Nullable FieldType type;

    private NumberField(long greatest, @Nullable FieldType type) {
        this.greatest = greatest;
        this.type = type;
    }

    /**
     * Returns the number that a template writes in the place of a name.
     *
     * @return null if the name does not occur
     * @throws IllegalArgumentException if what is written there is no number
     */
    static @Nullable NumberField of(ReplyTemplate template, String name) {
        int index = template.names().indexOf(name);
        NumberField found = null;
        for (ReplyPart part : template.parts()) {
            if (part instanceof ReplyPart.Value value && value.index() == index) {
                NumberField one = of(value, name);
                found = found == null || one.greatest < found.greatest ? one : found;
            }
        }
        return found;
    }

    private static NumberField of(ReplyPart.Value value, String name) {
        return switch (value) {
            case ReplyPart.Text _ -> new NumberField(MOST, null);
            case ReplyPart.Typed typed
            when typed.type().greatest() > 0 ->
                new NumberField(Math.min(MOST, typed.type().greatest()), typed.type());
            default ->
                throw new IllegalArgumentException("does not say how the number is written. Such as {" + name
                        + ":u8}, {" + name + ":u16} or {" + name + ":dec4}");
        };
    }

    /** The greatest number that can be written; the least is 1. */
    public long greatest() {
        return greatest;
    }

    /** Returns the number that a field of a message is; -1 if it is none. */
    public long read(Match match, int field) {
        byte[] bytes = match.bytes(field);
        if (bytes == null) {
            return -1;
        }
        // What has no type of its own, as in text, is read as it was written.
        FieldType as =
                match.isNumber(field) || type == null || type.size() >= 0 && type.size() != bytes.length ? null : type;
        String digits = as == null ? match.text(field) : as.text(bytes, 0, bytes.length);
        try {
            return digits == null ? -1 : Long.parseLong(digits.strip());
        } catch (NumberFormatException ex) {
            return -1;
        }
    }
}

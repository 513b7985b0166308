package dev.sluice.pattern;

import java.nio.charset.Charset;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where the fields of a message stand: offsets into its payload, decoded only when asked. Immutable. */
public final class Match {

    /** In {@link #spans}: of a field that is not there. */
    static final int ABSENT = -1;

    private final byte[] message;
    /** Begin and end of each field. */
    private final int[] spans;
    /** Of each field; null if all are text of the charset. */
    private final FieldType @Nullable [] types;

    private final Charset charset;

    /** Where the fields are of these types. */
    Match(byte[] message, int[] spans, FieldType[] types) {
        this(message, spans, types, Charset.defaultCharset());
    }

    /** Where all fields are text. */
    Match(byte[] message, int[] spans, Charset charset) {
        this(message, spans, null, charset);
    }

    private Match(byte[] message, int[] spans, FieldType @Nullable [] types, Charset charset) {
        this.message = message;
        this.spans = spans;
        this.types = types;
        this.charset = charset;
    }

    /** Returns whether the field has a value: one of digits has none if its bytes are no digits. */
    public boolean has(int field) {
        return start(field) != ABSENT && (types == null || types[field].isValue(message, start(field), end(field)));
    }

    /** Returns its value: a number in decimal, digits, raw bytes in lower-case hex, or text; null if it is absent. */
    public @Nullable String text(int field) {
        if (start(field) == ABSENT) {
            return null;
        }
        return types == null
                ? new String(message, start(field), end(field) - start(field), charset)
                : types[field].text(message, start(field), end(field));
    }

    /** Returns whether the field is a number by its type. */
    boolean isNumber(int field) {
        return types != null && types[field].isNumeric();
    }

    /** Returns a copy of the bytes that came, whatever their type; null if it is absent. */
    public byte @Nullable [] bytes(int field) {
        return has(field) ? Arrays.copyOfRange(message, start(field), end(field)) : null;
    }

    /** Returns how many bytes came; -1 if it is absent. */
    public int length(int field) {
        return has(field) ? end(field) - start(field) : -1;
    }

    /** Writes the bytes that came into others, of which there are enough. */
    public void copy(int field, byte[] into, int at) {
        System.arraycopy(message, start(field), into, at, end(field) - start(field));
    }

    private int start(int field) {
        return spans[2 * field];
    }

    private int end(int field) {
        return spans[2 * field + 1];
    }
}

package dev.sluice.pattern;

import org.jspecify.annotations.Nullable;

/** Where the fields of a message stand: offsets into its payload, decoded only when asked. Immutable. */
public final class Match {

    private Match() {}

    /** Returns whether the field has a value: one of digits has none if its bytes are no digits. */
    public boolean has(int field) {
        throw new UnsupportedOperationException("" + field);
    }

    /** Returns its value: a number in decimal, digits, raw bytes in lower-case hex, or text; null if it is absent. */
    public @Nullable String text(int field) {
        throw new UnsupportedOperationException("" + field);
    }

    /** Returns a copy of the bytes that came, whatever their type; null if it is absent. */
    public byte @Nullable [] bytes(int field) {
        throw new UnsupportedOperationException("" + field);
    }
}

package dev.sluice.pattern;

import java.util.Arrays;

/**
 * Bytes of which all bits are told, or some.
 *
 * @param value with zeros where the mask has some
 * @param mask of the bits that are told
 */
record Masked(byte[] value, byte[] mask) {

    static final Masked EMPTY = of(new byte[0]);

    /** Those of which all bits are told. */
    static Masked of(byte[] value) {
        byte[] mask = new byte[value.length];
        Arrays.fill(mask, (byte) -1);
        return new Masked(value, mask);
    }

    int length() {
        return mask.length;
    }

    /** Returns whether bytes between these indexes are such. */
    boolean fits(byte[] bytes, int from, int to) {
        return to - from == value.length && Bytes.fit(bytes, from, value, mask, value.length);
    }

    Masked and(Masked more) {
        int length = value.length;
        byte[] values = Arrays.copyOf(value, length + more.value.length);
        System.arraycopy(more.value, 0, values, length, more.value.length);
        byte[] masks = Arrays.copyOf(mask, values.length);
        System.arraycopy(more.mask, 0, masks, length, more.mask.length);
        return new Masked(values, masks);
    }

    /** Returns whether others, shifted by so much against these, tell all that these do. */
    boolean isToldBy(Masked other, int shift) {
        for (int i = 0; i < mask.length; i++) {
            int j = i + shift;
            int told = j >= 0 && j < other.mask.length ? other.mask[j] : 0;
            if ((mask[i] & ~told) != 0 || mask[i] != 0 && (other.value[j] & mask[i]) != value[i]) {
                return false;
            }
        }
        return true;
    }
}

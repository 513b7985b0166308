package dev.sluice.pattern;

import dev.sluice.pattern.Field.Alternative;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What is known of all messages that a pattern takes without looking at any: bytes at their beginning and end. By that
 * one can tell of some patterns that they leave nothing to others.
 */
final class Shape {

    private static final int MOST_VARIANTS = 64;

    /** Bytes of which some bits are told. */
    private record Part(byte[] value, byte[] mask) {

        static final Part EMPTY = new Part(new byte[0], new byte[0]);

        Part and(byte[] moreValue, byte[] moreMask) {
            int length = value.length;
            byte[] values = Arrays.copyOf(value, length + moreValue.length);
            System.arraycopy(moreValue, 0, values, length, moreValue.length);
            byte[] masks = Arrays.copyOf(mask, values.length);
            System.arraycopy(moreMask, 0, masks, length, moreMask.length);
            return new Part(values, masks);
        }

        int length() {
            return mask.length;
        }

        /** Returns whether another, shifted by so much against this one, tells all that this one does. */
        boolean isToldBy(Part other, int shift) {
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

    /** One of several beginnings and ends. */
    private record Variant(Part head, Part tail) {

        int least() {
            return head.length() + tail.length();
        }
    }

    private List<Variant> variants = List.of(new Variant(Part.EMPTY, Part.EMPTY));
    /** Whether there may be any bytes between head and tail. */
    private boolean open;
    /** Whether the pattern takes all messages of this shape. */
    private boolean exact = true;

    Shape bytes(byte[] value, byte[] mask) {
        return oneOf(List.of(new Alternative(value, mask)));
    }

    Shape any(int size) {
        return bytes(new byte[size], new byte[size]);
    }

    Shape oneOf(List<Alternative> alternatives) {
        if (variants.size() * alternatives.size() > MOST_VARIANTS) {
            return unknown();
        }
        List<Variant> all = new ArrayList<>();
        for (Variant variant : variants) {
            for (Alternative alternative : alternatives) {
                all.add(
                        open
                                ? new Variant(variant.head, variant.tail.and(alternative.value(), alternative.mask()))
                                : new Variant(variant.head.and(alternative.value(), alternative.mask()), variant.tail));
            }
        }
        variants = all;
        return this;
    }

    /** Any bytes. */
    Shape star() {
        if (open) {
            return unknown();
        }
        open = true;
        return this;
    }

    /** So many bytes, or such, that one cannot tell. */
    Shape unknown() {
        variants = variants.stream()
                .map(variant -> new Variant(variant.head, Part.EMPTY))
                .toList();
        open = true;
        exact = false;
        return this;
    }

    /** Returns whether all messages of the other shape are taken by the pattern of this one. */
    boolean covers(Shape other) {
        return exact
                && other.variants.stream()
                        .allMatch(theirs -> variants.stream().anyMatch(ours -> covers(ours, theirs, other.open)));
    }

    private boolean covers(Variant ours, Variant theirs, boolean theirsOpen) {
        if (open ? ours.least() > theirs.least() : theirsOpen || ours.least() != theirs.least()) {
            return false;
        }
        if (!theirsOpen) {
            Part whole = theirs.head;
            return ours.head.isToldBy(whole, 0) && ours.tail.isToldBy(whole, whole.length() - ours.tail.length());
        }
        return ours.head.isToldBy(theirs.head, 0)
                && ours.tail.isToldBy(theirs.tail, theirs.tail.length() - ours.tail.length());
    }
}

package dev.sluice.pattern;

import java.util.ArrayList;
import java.util.List;

/**
 * What is known of all messages that a pattern takes without looking at any: bytes at their beginning and end. By that
 * one can tell of some patterns that they leave nothing to others.
 */
final class Shape {

    private static final int MOST_VARIANTS = 64;

    /** One of several beginnings and ends. */
    private record Variant(Masked head, Masked tail) {

        int least() {
            return head.length() + tail.length();
        }
    }

    private List<Variant> variants = List.of(new Variant(Masked.EMPTY, Masked.EMPTY));
    /** Whether there may be any bytes between head and tail. */
    private boolean open;
    /** Whether the pattern takes all messages of this shape. */
    private boolean exact = true;

    Shape bytes(Masked bytes) {
        return oneOf(List.of(bytes));
    }

    Shape any(int size) {
        return bytes(new Masked(new byte[size], new byte[size]));
    }

    Shape oneOf(List<Masked> alternatives) {
        if (variants.size() * alternatives.size() > MOST_VARIANTS) {
            return unknown();
        }
        List<Variant> all = new ArrayList<>();
        for (Variant variant : variants) {
            for (Masked alternative : alternatives) {
                all.add(
                        open
                                ? new Variant(variant.head, variant.tail.and(alternative))
                                : new Variant(variant.head.and(alternative), variant.tail));
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
                .map(variant -> new Variant(variant.head, Masked.EMPTY))
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
            Masked whole = theirs.head;
            return ours.head.isToldBy(whole, 0) && ours.tail.isToldBy(whole, whole.length() - ours.tail.length());
        }
        return ours.head.isToldBy(theirs.head, 0)
                && ours.tail.isToldBy(theirs.tail, theirs.tail.length() - ours.tail.length());
    }
}

package dev.sluice.pattern;

/** The frames that a stream may consist of. Immutable. */
public final class Frames {

    private Frames() {}
}

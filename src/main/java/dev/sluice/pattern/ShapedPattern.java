package dev.sluice.pattern;

/** A pattern of which one can tell what it takes. */
interface ShapedPattern extends Pattern {

    Shape shape();

    @Override
    default boolean covers(Pattern other) {
        return other instanceof ShapedPattern shaped && shape().covers(shaped.shape());
    }
}

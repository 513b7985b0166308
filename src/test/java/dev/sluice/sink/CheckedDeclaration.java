package dev.sluice.sink;

import dev.sluice.check.Check;

/** Checks the declaration of a sink as a start does, before a sink is made of it. */
public final class CheckedDeclaration {

    private CheckedDeclaration() {}

    /**
     * Returns the declaration.
     *
     * @param key of the sink and its kind, as {@code archive.file}
     * @throws IllegalArgumentException about the first thing that is wrong with it, with its whole key in front
     */
    public static <D extends SinkDeclaration> D checked(String key, D declaration) {
        declaration.check(Check.of("sluice.sinks." + key));
        return declaration;
    }
}

package dev.sluice.check;

import org.jspecify.annotations.Nullable;

/** The value of a key cannot be. */
public final class CheckException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String problem;

    public CheckException(String key, String problem, @Nullable Throwable cause) {
        super(key + ": " + problem, cause);
        this.key = key;
        this.problem = problem;
    }

    public String key() {
        return key;
    }

    /** What is wrong with its value. */
    public String problem() {
        return problem;
    }
}

package dev.sluice.memory;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a process that cannot go on: at once, without a shutdown, as if it had been killed. What has been
 * acknowledged is on disk then, and a supervisor starts it anew. Half alive it would keep ports, and lose what is sent
 * to it.
 *
 * <p>Whoever catches an {@link Error} or a {@link Throwable} asks {@link #onOutOfMemory} first.
 */
public final class Halt {

    /** The exit code where memory is used up: the one that {@code -XX:+ExitOnOutOfMemoryError} has. */
    public static final int OUT_OF_MEMORY = 3;
    /** The exit code after another error that nobody can go on after. */
    public static final int ERROR = 4;

    private static final Logger log = LoggerFactory.getLogger(Halt.class);
    private static final int MOST_CAUSES = 20;

    // Made beforehand, since there is no memory for them when they are needed.
    private static final byte[] LINE = ("Out of memory: the process ends (exit code " + OUT_OF_MEMORY
                    + "). What was acknowledged is safe. Give it more heap (-Xmx), or lower 'sluice.memory.limit'\n")
            .getBytes(StandardCharsets.UTF_8);
    private static final FileOutputStream STANDARD_ERROR = new FileOutputStream(FileDescriptor.err);

    private Halt() {}

    /** Loads what the end takes, as long as there is memory for it. */
    public static void prepare() {
        log.trace("Prepared");
    }

    /** Ends the process if this is an {@link OutOfMemoryError}, or was caused by one. */
    public static void onOutOfMemory(Throwable thrown) {
        Throwable cause = thrown;
        for (int i = 0; cause != null && i < MOST_CAUSES; i++) {
            if (cause instanceof OutOfMemoryError) {
                outOfMemory();
            }
            cause = cause.getCause();
        }
    }

    private static void outOfMemory() {
        try {
            STANDARD_ERROR.write(LINE);
        } catch (IOException ex) {
            // Nobody reads it.
        } finally {
            Runtime.getRuntime().halt(OUT_OF_MEMORY);
        }
    }

    /**
     * Ends the process after an error.
     *
     * @param what cannot go on, for the log
     */
    public static void on(Error error, String what) {
        onOutOfMemory(error);
        try {
            log.error("{} cannot go on: the process ends (exit code {})", what, ERROR, error);
        } finally {
            Runtime.getRuntime().halt(ERROR);
        }
    }
}

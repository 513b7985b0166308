package dev.sluice.command;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What those who write commands into the log themselves may say, and what counts where they say nothing. Safe for use
 * by any thread.
 */
public interface CommandRules {

    /**
     * A command as somebody has written it.
     *
     * @param ttl null, as below, if nothing is said of it
     */
    record Written(
            Device device,
            byte[] payload,
            @Nullable Duration ttl,
            @Nullable Mode mode,
            @Nullable Confirm confirm) {}

    /**
     * Returns how it is sent. Where no listener here has its realm, one of another replica may.
     *
     * @throws RefusedException if it is too much, or cannot be sent
     */
    NewCommand complete(String id, Written written) throws RefusedException;

    /** How many commands of a device may be pending. */
    int maxPending(Device device);
}

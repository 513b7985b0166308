package dev.sluice.command;

import java.time.Duration;

/**
 * A command as it is submitted, with all its terms. Limits on ids, on sizes and on the time to live are the caller's to
 * check.
 *
 * @param id unique among all commands that are known
 * @param payload the bytes for the device, before they are encoded into its frame; not to be changed afterwards
 * @param attempts how often it is sent at the most; 1 if it is at most once
 * @param ttl how long it may wait and be tried, by the clock of the log
 * @param confirm counts only where answers are numbered; elsewhere the listener's own does
 * @param maxPending how many commands of the device may be pending, this one among them
 * @param listener the name of the one that takes it
 */
public record NewCommand(
        Device device,
        String id,
        byte[] payload,
        Mode mode,
        int attempts,
        Duration ttl,
        Confirm confirm,
        int maxPending,
        String listener) {}

package dev.sluice.command;

import java.time.Duration;

/**
 * What bounds commands.
 *
 * @param maxBytes of the log's file, beyond which nothing is submitted
 * @param keep how long the state of a command is kept once it is over
 * @param maxKept how many of those are kept at the most, the newest
 */
public record CommandLimits(long maxBytes, Duration keep, int maxKept) {

    /** 1 GB, a day, and 100,000 commands. */
    public static final CommandLimits DEFAULT = new CommandLimits(1L << 30, Duration.ofDays(1), 100_000);
}

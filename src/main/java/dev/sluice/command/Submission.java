package dev.sluice.command;

/**
 * A command that is in the log, durably.
 *
 * @param known whether it was there already, with the same bytes
 */
public record Submission(CommandState command, boolean known) {}

package dev.sluice.log;

/**
 * A record where the log has it.
 *
 * @param stamp milliseconds since 1970 by the clock of the log, not before that of the record before
 * @param content not to be changed
 */
public record LogRecord(long position, long stamp, byte[] content) {}

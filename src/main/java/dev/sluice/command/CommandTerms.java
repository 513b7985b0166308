package dev.sluice.command;

import java.time.Duration;

/**
 * How a listener's devices take commands and answer them.
 *
 * @param confirm what confirms a command where answers are not numbered
 * @param numbers how many numbers a frame and its answer can carry: 256 for one byte; 0 if answers are not numbered
 * @param named whether an answer tells which device it is of, which matters where a connection has several
 * @param timeout how long an answer may take. Where answers are not numbered, the connection is closed then
 */
public record CommandTerms(Confirm confirm, long numbers, boolean named, Duration timeout) {}

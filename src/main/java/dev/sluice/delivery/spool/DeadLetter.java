package dev.sluice.delivery.spool;

import dev.sluice.message.Envelope;

/**
 * A message that a sink will not get by itself any more.
 *
 * @param sink which one
 * @param position the message's
 * @param message itself
 * @param attempts how often it was sent
 * @param reason why the last attempt failed
 * @param diedAt when, in milliseconds since the epoch
 */
public record DeadLetter(String sink, long position, Envelope message, int attempts, String reason, long diedAt) {}

package dev.sluice.command;

import java.time.Instant;

/**
 * A device that is connected.
 *
 * @param since when the log was told so
 * @param pending how many of its commands have no outcome
 */
public record ConnectedDevice(
        Device device, String replica, String listener, String connection, String remote, Instant since, int pending) {}

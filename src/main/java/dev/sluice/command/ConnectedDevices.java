package dev.sluice.command;

import java.util.List;

/**
 * Some of those that are connected.
 *
 * @param first the first of them, in their order
 * @param total how many there are
 */
public record ConnectedDevices(List<ConnectedDevice> first, int total) {}

package dev.sluice.transport;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much a listener takes on.
 *
 * @param maxConnections open at once; the one too many is closed as soon as it is accepted
 */
public record Limits(@DefaultValue("10000") int maxConnections) {}

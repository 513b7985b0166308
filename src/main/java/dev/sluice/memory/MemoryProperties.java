package dev.sluice.memory;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much memory the program takes on behalf of others.
 *
 * @param limit of what all connections hold together: frames that have not ended, messages that have been gathered, and
 *     what waits to be written; a share of the heap, {@code 40%}, or a size, {@code 100MB}
 */
public record MemoryProperties(@DefaultValue("40%") MemoryLimit limit) {}

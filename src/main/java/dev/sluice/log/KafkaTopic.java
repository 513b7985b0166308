package dev.sluice.log;

import java.util.Map;

/**
 * A topic of a log.
 *
 * @param partitions how many it has to have
 * @param settings by their names, with which it is made
 * @param required those of them that it has to have as they are here
 * @param least those that may be greater, in milliseconds
 */
public record KafkaTopic(
        String name,
        int partitions,
        Map<String, String> settings,
        Map<String, String> required,
        Map<String, Long> least) {}

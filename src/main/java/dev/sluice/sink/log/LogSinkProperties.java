package dev.sluice.sink.log;

import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.logging.LogLevel;

/**
 * The program's own log.
 *
 * @param level of the lines; {@code off} confirms messages and writes nothing
 */
public record LogSinkProperties(@DefaultValue("info") LogLevel level) {}

package dev.sluice.listener.configuration;

import java.time.Duration;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * When the configuration is read again without being asked.
 *
 * @param watch how often to look whether files have changed; a change is applied once it has been there for as long. 0
 *     means never
 */
public record ReloadProperties(@DefaultValue("0") Duration watch) {}

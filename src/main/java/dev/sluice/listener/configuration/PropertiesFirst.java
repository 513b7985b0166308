package dev.sluice.listener.configuration;

import org.springframework.boot.env.PropertiesPropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Spring Boot's own loader, put before {@link ConfigurationYaml}. Of two files of one name the properties count, as
 * they do without us.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PropertiesFirst extends PropertiesPropertySourceLoader {}

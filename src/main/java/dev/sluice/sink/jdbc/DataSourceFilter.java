package dev.sluice.sink.jdbc;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.AutoConfigurationImportFilter;
import org.springframework.boot.autoconfigure.AutoConfigurationMetadata;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.context.EnvironmentAware;
import org.springframework.core.env.Environment;
import org.springframework.core.env.StandardEnvironment;

/**
 * Lets Spring Boot make a {@code DataSource} only where an operator has said of which database: without this it would refuse to
 * start for want of one. A filter, and not a list of exclusions in the configuration, which an operator's own would replace.
 */
final class DataSourceFilter implements AutoConfigurationImportFilter, EnvironmentAware {

    private Environment environment = new StandardEnvironment();

    @Override
    public void setEnvironment(Environment environment) {
        this.environment = environment;
    }

    @Override
    public boolean[] match(@Nullable String[] classes, AutoConfigurationMetadata metadata) {
        boolean configured = environment.containsProperty("spring.datasource.url")
                || environment.containsProperty("spring.datasource.jndi-name")
                || environment.containsProperty("spring.datasource.hikari.jdbc-url");
        boolean[] match = new boolean[classes.length];
        for (int i = 0; i < classes.length; i++) {
            match[i] =
                    configured || !DataSourceAutoConfiguration.class.getName().equals(classes[i]);
        }
        return match;
    }
}

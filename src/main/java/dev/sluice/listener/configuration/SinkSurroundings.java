package dev.sluice.listener.configuration;

import dev.sluice.sink.SinkProperties;
import java.util.List;
import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.env.ConfigurableEnvironment;

/** What a sink leans on that is said under {@code spring}. */
final class SinkSurroundings {

    private static final String URL = "spring.datasource.url";
    private static final List<String> OTHER_DATABASES =
            List.of("spring.datasource.jndi-name", "spring.datasource.hikari.jdbc-url");

    private final Declared<SinkProperties> sink;
    private final ConfigurableEnvironment environment;

    SinkSurroundings(Declared<SinkProperties> sink, ConfigurableEnvironment environment) {
        this.sink = sink;
        this.environment = environment;
    }

    void check() {
        if (sink.says("jdbc")) {
            checkDatabase();
        }
        if (sink.properties().http() != null && sink.properties().http().sslBundle() != null) {
            new DeclaredBundles(environment)
                    .check(sink, "http.ssl-bundle", sink.properties().http().sslBundle());
        }
    }

    private void checkDatabase() {
        Optional<ConfigurationProperty> url = find(URL);
        if (url.isEmpty()
                && OTHER_DATABASES.stream().allMatch(other -> find(other).isEmpty())) {
            sink.report(
                    "jdbc",
                    "there is no database. Set 'spring.datasource.url', as jdbc:postgresql://localhost:5432/messages");
        }
        url.map(property -> property.getValue().toString())
                .filter(value -> !value.startsWith("jdbc:") && !value.startsWith("${"))
                .ifPresent(value -> sink.report(
                        "jdbc",
                        "'spring.datasource.url' is not a JDBC url, as jdbc:postgresql://localhost:5432/messages"));
    }

    private Optional<ConfigurationProperty> find(String key) {
        return new FrameworkKeys(environment)
                .find(key)
                .filter(property -> !property.getValue().toString().isEmpty());
    }
}

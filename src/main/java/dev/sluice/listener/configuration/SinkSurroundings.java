package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.env.ConfigurableEnvironment;

/** What a sink leans on that is said under {@code spring}. */
final class SinkSurroundings {

    private static final String URL = "spring.datasource.url";
    private static final List<String> OTHER_DATABASES =
            List.of("spring.datasource.jndi-name", "spring.datasource.hikari.jdbc-url");

    /** With or without the name of a protocol. */
    private static final Pattern BROKER = Pattern.compile("(?:\\w+://)?(?:\\[[0-9a-fA-F:.%]+]|[\\w.-]+):(\\d{1,5})");

    private final Declared<SinkProperties> sink;
    private final ConfigurableEnvironment environment;
    private final FrameworkKeys keys;

    SinkSurroundings(Declared<SinkProperties> sink, ConfigurableEnvironment environment) {
        this.sink = sink;
        this.environment = environment;
        this.keys = new FrameworkKeys(environment);
    }

    void check() {
        if (sink.says("jdbc")) {
            checkDatabase();
        }
        if (sink.says("kafka")) {
            checkBrokers("spring.kafka.bootstrap-servers");
            checkBrokers("spring.kafka.producer.bootstrap-servers");
        }
        if (sink.properties().http() != null && sink.properties().http().sslBundle() != null) {
            new DeclaredBundles(environment)
                    .check(sink, "http.ssl-bundle", sink.properties().http().sslBundle());
        }
    }

    private void checkBrokers(String key) {
        for (String broker : keys.text(key).split(",")) {
            if (!broker.isBlank() && !broker.contains("${") && !isBroker(broker.strip())) {
                sink.report(
                        "kafka",
                        "'" + key + "' has '" + broker.strip() + "', which is not host:port, as localhost:9092");
            }
        }
    }

    private static boolean isBroker(String broker) {
        Matcher matcher = BROKER.matcher(broker);
        return matcher.matches() && Integer.parseInt(matcher.group(1)) <= 65_535;
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
        return keys.find(key).filter(property -> !property.getValue().toString().isEmpty());
    }
}

package dev.sluice.listener.configuration;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.springframework.boot.context.properties.source.ConfigurationProperty;

/**
 * What a sink needs to be one, and what it leans on under {@code spring}. What its kind asks of its keys, the kind says
 * itself.
 */
final class SinkRules {

    private static final List<String> KINDS =
            List.copyOf(Schema.of(SinkProperties.class).keys().keySet());

    private static final String URL = "spring.datasource.url";
    private static final List<String> OTHER_DATABASES =
            List.of("spring.datasource.jndi-name", "spring.datasource.hikari.jdbc-url");

    /** A broker's address, with or without the name of a protocol. */
    private static final Pattern BROKER = Pattern.compile("(?:\\w+://)?(?:\\[[0-9a-fA-F:.%]+]|[\\w.-]+):(\\d{1,5})");

    private final Declared<SinkProperties> sink;
    private final Said said;

    SinkRules(Declared<SinkProperties> sink, Said said) {
        this.sink = sink;
        this.said = said;
    }

    /** As they are named in a sentence. */
    static String kinds() {
        return KINDS.stream().map(kind -> "'" + kind + "'").collect(Collectors.joining(", "));
    }

    static boolean isKind(String key) {
        return KINDS.contains(key);
    }

    void check() {
        List<String> kinds = KINDS.stream().filter(sink::says).toList();
        sink.that(!kinds.isEmpty() || sink.isReported(""), "", "has no kind. Give it one of " + kinds());
        if (kinds.size() > 1) {
            sink.report("", "has both '" + kinds.get(0) + "' and '" + kinds.get(1) + "'. Make two sinks of it");
        }
        sink.properties().check(sink);
        if (sink.says("jdbc")) {
            checkDatabase();
        }
        if (sink.says("kafka")) {
            checkBrokers("spring.kafka.bootstrap-servers");
            checkBrokers("spring.kafka.producer.bootstrap-servers");
        }
        if (sink.properties().http() != null && sink.properties().http().sslBundle() != null) {
            new DeclaredBundles(said)
                    .check(sink, "http.ssl-bundle", sink.properties().http().sslBundle());
        }
    }

    private void checkBrokers(String key) {
        for (String broker : said.text(key).split(",")) {
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
        return said.find(key).filter(property -> !property.getValue().toString().isEmpty());
    }
}

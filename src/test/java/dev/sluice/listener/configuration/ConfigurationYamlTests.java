package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.entry;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.logging.LogLevel;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.EnumerablePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.core.io.FileSystemResource;
import org.springframework.core.io.Resource;

/** What a value means, below {@code sluice} and elsewhere, and by which ways a file is read. */
final class ConfigurationYamlTests {

    @TempDir
    private Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0123",
                "0x1F",
                "1_000",
                "+5",
                "1.50",
                ".5",
                "1e3",
                "78e7",
                "yes",
                "True",
                "off",
                "1:30",
                "0b11",
                ".inf",
                "2026-11-23"
            })
    void aValueOfOursIsTheTextThatIsWritten(String text) {
        assertThat(read("sluice.users.ann.password: " + text))
                .containsExactly(entry("sluice.users.ann.password", text));
        assertThat(read("sluice: { sinks: { hook: { http: { headers: { X: [" + text + "] } } } } }"))
                .containsExactly(entry("sluice.sinks.hook.http.headers.X[0]", text));
    }

    @Test
    void aValueOfOursIsConvertedWhenItIsBound() {
        var greeter = Configured.by("""
            sluice.listeners.greeter:
              enabled: no
              tcp: { port: 010, no-delay: off }
              limits.max-connections: 007
            """).listener("greeter");

        assertThat(greeter.enabled()).isFalse();
        assertThat(greeter.tcp().port()).isEqualTo(10);
        assertThat(greeter.tcp().noDelay()).isFalse();
        assertThat(greeter.limits().maxConnections()).isEqualTo(7);
    }

    @Test
    void keysAreText() {
        assertThat(read("sluice.listeners: { no: a, 78e7: b, 1: c, 0x1F: d, ~: e, 2026-11-23: f, '[x.y]': g }"))
                .containsOnlyKeys(
                        "sluice.listeners.no",
                        "sluice.listeners.78e7",
                        "sluice.listeners.1",
                        "sluice.listeners.0x1F",
                        "sluice.listeners.~",
                        "sluice.listeners.2026-11-23",
                        "sluice.listeners[x.y]");
    }

    @Test
    void nothingIsAnEmptyText() {
        assertThat(read("{ sluice: { a: , b: ~, c: null, d: '', e: [ ], f: { } }, other: { a: , b: ~, c: [ ],"
                        + " d: { } } }"))
                .containsOnlyKeys(
                        "sluice.a",
                        "sluice.b",
                        "sluice.c",
                        "sluice.d",
                        "sluice.e",
                        "sluice.f",
                        "other.a",
                        "other.b",
                        "other.c")
                .allSatisfy((_, value) -> assertThat(value).isEqualTo(""));
    }

    @Test
    void aSinkWithNothingInItIsASink() {
        var sinks = Configured.by("sluice.sinks: { one: { log: }, two: { log: { } }, three: { log: ~ } }")
                .properties()
                .sinks();

        assertThat(sinks.values())
                .hasSize(3)
                .allSatisfy(sink -> assertThat(sink.log()).isNotNull());
    }

    @ParameterizedTest
    @CsvSource({"true, true", "True, true", "yes, true", "ON, true", "false, false", "no, false", "off, false"})
    void elsewhereThereAreBooleans(String text, boolean value) {
        assertThat(read("spring.switch: " + text)).containsExactly(entry("spring.switch", value));
        assertThat(read("spring.switch: '" + text + "'")).containsExactly(entry("spring.switch", text));
    }

    @ParameterizedTest
    @ValueSource(strings = {"8080", "0", "-1", "+5", "007", "0x1F", "1.50", ".5", "1e3", "78e7", "089", "2026-11-23"})
    void elsewhereANumberThatReadsTheSameToAllIsItsText(String number) {
        assertThat(read("server.port: " + number)).containsExactly(entry("server.port", number));
    }

    @ParameterizedTest
    @CsvSource({
        "010, 8",
        "-010, -8",
        "1_000, 1000",
        "1:30, 90",
        "0b101, 5",
        "0x1_F, 31",
        "1_0.5, 10.5",
        ".inf, Infinity"
    })
    void elsewhereANumberOfTwoMeaningsIsRefusedWithBoth(String text, String number) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> read("server: { port: " + text + " }"))
                .withMessage("server.port: " + text + " is the number " + number + " to YAML 1.1, and the text '" + text
                        + "' to all else. Write " + number + ", or put it in quotes (application.yml:1)");
        assertThat(read("server.port: '" + text + "'")).containsExactly(entry("server.port", text));
    }

    @Test
    void aSecretIsTheTextThatIsWrittenWhereverItIs() {
        assertThat(read("{ spring.datasource.password: 0123, spring.client.client-secret: yes, some.token: 1_000 }"))
                .containsExactly(
                        entry("spring.datasource.password", "0123"),
                        entry("spring.client.client-secret", "yes"),
                        entry("some.token", "1_000"));
    }

    @Test
    void whatIsMergedYieldsToWhatIsThere() {
        assertThat(read("""
            first: &first { a: 1, b: 1 }
            second: &second { a: 2, b: 2, c: 2 }
            one: { <<: *first, b: 3 }
            both: { b: 3, <<: [*first, *second] }
            """))
                .contains(
                        entry("one.a", "1"),
                        entry("one.b", "3"),
                        entry("both.a", "1"),
                        entry("both.b", "3"),
                        entry("both.c", "2"))
                .hasSize(10);
    }

    @ParameterizedTest
    @CsvSource({
        "'a: &a [*a]', 1",
        "'a: &a { b: 1, <<: *a }', 1",
        "'a: &a\n  b: &b\n    c: *a', 3",
        "'a: &a\n- 1\n- - *a', 3",
    })
    void anAliasWithoutEndIsNamed(String yaml, int line) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> read(yaml))
                .withMessage("application.yml:" + line + ": an alias ('*') stands within what it is an alias of ('&'),"
                        + " which has no end. Remove it");
    }

    @Test
    void anAliasMayBeUsedTwice() {
        assertThat(read("{ a: &a [1], b: *a, c: { d: *a, e: *a } }")).hasSize(4);
    }

    @ParameterizedTest
    @CsvSource({
        "'a:\n\tb: 1', 2: there is a tab. Indent with spaces",
        "'{ a: 1, a: 2 }', 1: key 'a' is here for the second time. Remove one",
        "'a: !b c', 1: a value cannot begin with '!'. Put it in quotes",
        "'? [a, b]\n: c', 1: a key cannot begin like this. Put it in quotes",
        "'<<: a', 1: only a section can be merged ('<<')",
    })
    void whatIsNoConfigurationIsRefusedWithItsLine(String yaml, String problem) {
        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> read(yaml.replace("\\t", "\t")))
                .withMessage("application.yml:" + problem);
    }

    @Test
    void everyDocumentIsASource() throws IOException {
        assertThat(sources("a: 1\n---\n---\nb: 2\n---\n{ }"))
                .extracting(PropertySource::getName)
                .containsExactly("it (document #0)", "it (document #1)", "it (document #2)");
        assertThat(sources("a: 1")).extracting(PropertySource::getName).containsExactly("it");
        assertThat(sources("# nothing")).isEmpty();
    }

    /** How a file comes to be read. */
    enum Way {
        FILE,
        IMPORT,
        PROFILE,
        DOCUMENT,
        CONFIG_TREE
    }

    @ParameterizedTest
    @EnumSource
    void keysOfSpringBootMeanWhatTheyAlwaysMeant(Way way) throws IOException {
        write(way, Map.of("server.port", "0", "logging.level.some", "off", "one", "off", "two", "yes"));

        try (ConfigurableApplicationContext context = start(new SpringApplicationBuilder(Switched.class))) {
            Binder binder = Binder.get(context.getEnvironment());
            assertThat(binder.bind("server.port", Integer.class).get()).isZero();
            assertThat(binder.bind("logging.level", Bindable.mapOf(String.class, LogLevel.class))
                            .get())
                    .containsEntry("some", LogLevel.OFF);
            // A file of a configuration tree is a text, and 'off' is not 'false'.
            assertThat(context.containsBean("one")).isEqualTo(way == Way.CONFIG_TREE);
            assertThat(context.containsBean("two")).isTrue();
            assertThat(context.containsBean("three")).isEqualTo(way != Way.CONFIG_TREE);
        }
        assertThat(ConfigurationReport.of("it", folder.resolve("application.yml"))
                        .lines())
                .containsExactly("it: valid: no listeners");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "CONFIG_TREE")
    void aNumberOfTwoMeaningsEndsAStart(Way way) throws IOException {
        write(way, Map.of("server.port", "010"));

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> start(new SpringApplicationBuilder(Switched.class)))
                .withMessageStartingWith("server.port: 010 is the number 8 to YAML 1.1");
    }

    @ParameterizedTest
    @EnumSource
    void everyFileIsReadOnce(Way way) throws IOException {
        write(way, Map.of("server.port", "0"));
        Map<String, Integer> opens = new LinkedHashMap<>();

        start(new SpringApplicationBuilder(Switched.class).resourceLoader(new Counting(opens)))
                .close();

        assertThat(opens)
                .isNotEmpty()
                .allSatisfy((_, times) -> assertThat(times).isOne());
    }

    @Test
    void aFileThatCannotBeReadIsReadOnce() throws IOException {
        write(Way.IMPORT, Map.of("server.port", "010"));
        Map<String, Integer> opens = new LinkedHashMap<>();

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(
                        () -> start(new SpringApplicationBuilder(Switched.class).resourceLoader(new Counting(opens))));

        assertThat(opens).containsExactly(entry("application.yml", 1), entry("more.yml", 1));
    }

    /** As with Spring Boot's own loaders. */
    @Test
    void ofTwoFilesOfOneNamePropertiesCount() throws IOException {
        Files.writeString(folder.resolve("application.yml"), "{ here: yaml, there: yaml }");
        Files.writeString(folder.resolve("application.properties"), "here=properties");

        try (ConfigurableApplicationContext context = start(new SpringApplicationBuilder(Switched.class))) {
            assertThat(context.getEnvironment().getProperty("here")).isEqualTo("properties");
            assertThat(context.getEnvironment().getProperty("there")).isEqualTo("yaml");
        }
    }

    private void write(Way way, Map<String, String> values) throws IOException {
        StringBuilder yaml = new StringBuilder();
        values.forEach(
                (key, value) -> yaml.append(key).append(": ").append(value).append('\n'));
        String first = switch (way) {
            case FILE -> yaml.toString();
            case DOCUMENT -> "first: true\n---\n" + yaml;
            case IMPORT -> "spring.config.import: more.yml";
            case PROFILE -> "spring.profiles.active: more";
            case CONFIG_TREE -> "spring.config.import: 'configtree:" + folder + "/tree/'";
        };
        Files.writeString(folder.resolve("application.yml"), first);
        switch (way) {
            case FILE, DOCUMENT -> {}
            case IMPORT -> Files.writeString(folder.resolve("more.yml"), yaml);
            case PROFILE -> Files.writeString(folder.resolve("application-more.yml"), yaml);
            case CONFIG_TREE -> {
                Path tree = Files.createDirectory(folder.resolve("tree"));
                for (var value : values.entrySet()) {
                    Files.writeString(tree.resolve(value.getKey()), value.getValue());
                }
            }
        }
    }

    private ConfigurableApplicationContext start(SpringApplicationBuilder application) {
        return application
                .web(WebApplicationType.NONE)
                .properties("spring.config.location=file:" + folder + "/", "spring.main.banner-mode=off")
                .run();
    }

    private static Map<String, Object> read(String yaml) {
        try {
            Map<String, Object> properties = new LinkedHashMap<>();
            for (PropertySource<?> source : sources(yaml)) {
                for (String key : ((EnumerablePropertySource<?>) source).getPropertyNames()) {
                    properties.put(key, source.getProperty(key));
                }
            }
            return properties;
        } catch (IOException ex) {
            throw new AssertionError(ex);
        }
    }

    private static List<PropertySource<?>> sources(String yaml) throws IOException {
        return new ConfigurationYaml()
                .load("it", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8), "application.yml") {
                    @Override
                    public String getDescription() {
                        return "application.yml";
                    }
                });
    }

    /** Counts how often each file is opened. */
    private static final class Counting extends DefaultResourceLoader {

        private final Map<String, Integer> opens;

        Counting(Map<String, Integer> opens) {
            this.opens = opens;
        }

        @Override
        public Resource getResource(String location) {
            Resource resource = super.getResource(location);
            return !location.startsWith("file:")
                    ? resource
                    : new FileSystemResource(location.replaceFirst("^file:", "")) {
                        @Override
                        public InputStream getInputStream() throws IOException {
                            opens.merge(getFilename(), 1, Integer::sum);
                            return super.getInputStream();
                        }
                    };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Switched {

        @Bean
        @ConditionalOnProperty("one")
        Object one() {
            return new Object();
        }

        @Bean
        @ConditionalOnProperty("two")
        Object two() {
            return new Object();
        }

        @Bean
        @ConditionalOnProperty(name = "two", havingValue = "true")
        Object three() {
            return new Object();
        }
    }
}

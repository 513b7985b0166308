package dev.sluice.listener.configuration;

import java.util.List;
import java.util.stream.Collectors;
import org.springframework.core.env.ConfigurableEnvironment;

/** What a sink needs to be one. What its kind asks of its keys, the kind says itself. */
final class SinkRules {

    private static final List<String> KINDS =
            List.copyOf(Schema.of(SinkProperties.class).keys().keySet());

    private final Declared<SinkProperties> sink;
    private final SinkSurroundings surroundings;

    SinkRules(Declared<SinkProperties> sink, ConfigurableEnvironment environment) {
        this.sink = sink;
        this.surroundings = new SinkSurroundings(sink, environment);
    }

    /** As they are named in a sentence. */
    static String kinds() {
        return KINDS.stream().map(kind -> "'" + kind + "'").collect(Collectors.joining(", "));
    }

    static boolean isKind(String key) {
        return KINDS.contains(key);
    }

    void check() {
        List<String> said = KINDS.stream().filter(sink::says).toList();
        sink.that(!said.isEmpty() || sink.isReported(""), "", "has no kind. Give it one of " + kinds());
        if (said.size() > 1) {
            sink.report("", "has both '" + said.get(0) + "' and '" + said.get(1) + "'. Make two sinks of it");
        }
        sink.properties().check(sink);
        surroundings.check();
    }
}

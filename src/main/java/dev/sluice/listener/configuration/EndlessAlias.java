package dev.sluice.listener.configuration;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Objects;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.CollectionEndEvent;
import org.yaml.snakeyaml.events.CollectionStartEvent;
import org.yaml.snakeyaml.events.Event;

/** Finds an alias that stands within what it is an alias of, as in {@code &a [*a]}: YAML allows it, a configuration never ends. */
final class EndlessAlias {

    static final YamlMistake SOMEWHERE = new YamlMistake(
            0, "an alias ('*') stands within what it is an alias of ('&'), which has no end. Remove it");

    private EndlessAlias() {}

    static YamlMistake in(Resource file) {
        Deque<String> open = new ArrayDeque<>();
        try (Reader yaml = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
            for (Event event : new Yaml().parse(yaml)) {
                switch (event) {
                    case CollectionStartEvent begin -> open.push(Objects.requireNonNullElse(begin.getAnchor(), ""));
                    case CollectionEndEvent _ -> open.pop();
                    case AliasEvent alias
                    when open.contains(alias.getAnchor()) -> {
                        return new YamlMistake(alias.getStartMark().getLine() + 1, SOMEWHERE.message());
                    }
                    default -> {
                        // opens nothing
                    }
                }
            }
        } catch (IOException ex) {
            // what could be read before can hardly not be read now
        }
        return SOMEWHERE;
    }
}

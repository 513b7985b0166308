package dev.sluice.listener.configuration;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin.Location;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;

/**
 * Finds {@code console: { log: { } }}. Whoever writes that wants a sink as it comes, and Spring Boot drops it without a word, since there
 * is no value in it: the files that the settings come from are looked at again.
 */
final class EmptyBraces {

    private static final int MOST_ELEMENTS = 4;

    private final Schema.Section schema;
    private final Settings settings;
    private final Problems problems;

    EmptyBraces(Schema.Section schema, Settings settings, Problems problems) {
        this.schema = schema;
        this.settings = settings;
        this.problems = problems;
    }

    void check() {
        Set<Resource> files = new LinkedHashSet<>();
        settings.all().forEach(setting -> addFile(setting.origin(), files));
        files.forEach(this::check);
    }

    private static void addFile(@Nullable Origin origin, Set<Resource> files) {
        switch (origin) {
            case PropertySourceOrigin wrapper -> addFile(wrapper.getOrigin(), files);
            case TextResourceOrigin text when text.getResource() != null -> files.add(text.getResource());
            case null, default -> {}
        }
    }

    private void check(Resource file) {
        if (!String.valueOf(file.getFilename()).matches(".*\\.ya?ml")) {
            return;
        }
        Yaml yaml = new Yaml(new SafeConstructor(new LoaderOptions()));
        try (Reader text = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
            for (Node document : yaml.composeAll(text)) {
                check(document, List.of(), file);
            }
        } catch (IOException | YAMLException ex) {
            // It has been read before: it is gone since, or no longer what it was.
        }
    }

    private void check(Node node, List<String> path, Resource file) {
        if (!(node instanceof MappingNode section) || path.size() > MOST_ELEMENTS) {
            return;
        }
        if (section.getValue().isEmpty()) {
            report(node, path, file);
        }
        for (NodeTuple entry : section.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode key) {
                List<String> below = new ArrayList<>(path);
                below.addAll(Settings.elements(key.getValue()));
                check(entry.getValueNode(), below, file);
            }
        }
    }

    private void report(Node node, List<String> path, Resource file) {
        if (isMeant(path) && settings.below(path.subList(1, path.size())).isEmpty()) {
            Origin origin = new TextResourceOrigin(
                    file,
                    new Location(
                            node.getStartMark().getLine(), node.getStartMark().getColumn()));
            problems.add(
                    String.join(".", path),
                    "'{ }' counts as if it were not there. Write '" + path.getLast() + ":' with nothing behind it",
                    origin);
        }
    }

    /** Whether that something is there says something, though nothing is in it: listeners and sinks, and of what kind they are. */
    private boolean isMeant(List<String> path) {
        return path.size() > 2
                && path.getFirst().equals("sluice")
                && schema.keys().get(path.get(1)) instanceof Schema.Entries
                && switch (path.size()) {
                    case 3 -> true;
                    case 4 ->
                        path.get(1).equals("sinks") || Set.of("tcp", "udp").contains(path.getLast());
                    default -> false;
                };
    }
}

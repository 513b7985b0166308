package dev.sluice.listener.configuration;

import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
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
import org.yaml.snakeyaml.nodes.Tag;

/**
 * Finds {@code console: { log: { } }}. Whoever writes that wants a sink as it comes, and Spring Boot drops it without a word, since there
 * is no value in it: so the files that settings come from are looked at again, those of their documents of which any setting counts.
 * Where nothing else of a document counts, it stays unseen.
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
        Map<Resource, TreeSet<Integer>> files = new LinkedHashMap<>();
        settings.all().forEach(setting -> addLine(setting.origin(), files));
        files.forEach(this::check);
    }

    private static void addLine(@Nullable Origin origin, Map<Resource, TreeSet<Integer>> files) {
        switch (origin) {
            case PropertySourceOrigin wrapper -> addLine(wrapper.getOrigin(), files);
            case TextResourceOrigin text
            when text.getResource() != null && text.getLocation() != null ->
                files.computeIfAbsent(text.getResource(), _ -> new TreeSet<>())
                        .add(text.getLocation().getLine());
            case null, default -> {}
        }
    }

    /** @param lines of settings that count */
    private void check(Resource file, TreeSet<Integer> lines) {
        if (!String.valueOf(file.getFilename()).matches(".*\\.ya?ml")) {
            return;
        }
        LoaderOptions asSpringBoot = new LoaderOptions();
        asSpringBoot.setMaxAliasesForCollections(Integer.MAX_VALUE);
        asSpringBoot.setCodePointLimit(Integer.MAX_VALUE);
        Yaml yaml = new Yaml(new SafeConstructor(asSpringBoot));
        try (Reader text = new InputStreamReader(file.getInputStream(), StandardCharsets.UTF_8)) {
            for (Node document : yaml.composeAll(text)) {
                Integer line = lines.ceiling(document.getStartMark().getLine());
                if (line != null && line <= document.getEndMark().getLine()) {
                    check(document, List.of(), file, document);
                }
            }
        } catch (IOException | YAMLException ex) {
            // It has been read before: it is gone since, or no longer what it was.
        }
    }

    private void check(Node node, List<String> path, Resource file, Node key) {
        if (!(node instanceof MappingNode section) || path.size() > MOST_ELEMENTS) {
            return;
        }
        if (section.getValue().isEmpty()) {
            report(path, file, key);
        }
        for (NodeTuple entry : section.getValue()) {
            if (entry.getKeyNode() instanceof ScalarNode name && !name.getTag().equals(Tag.MERGE)) {
                List<String> below = new ArrayList<>(path);
                below.addAll(Settings.elements(name.getValue()));
                check(entry.getValueNode(), below, file, name);
            }
        }
    }

    private void report(List<String> elements, Resource file, Node key) {
        if (elements.size() < 3 || !elements.getFirst().equals("sluice")) {
            return;
        }
        List<String> path = Settings.spelled(schema, elements.subList(1, elements.size()));
        if (isMeant(path) && settings.below(path).isEmpty()) {
            String last = path.getLast();
            Location place = new Location(
                    key.getStartMark().getLine(), key.getStartMark().getColumn());
            problems.add(
                    Setting.key(path),
                    "is empty, and counts as if it were not there. "
                            + (path.size() == 2
                                    ? "Say what it is, or remove it"
                                    : path.getFirst().equals("sinks")
                                            ? "Write '" + last + ":' without braces, or what is to be in them"
                                            : "Give it a 'port', or remove it"),
                    new TextResourceOrigin(file, place));
            problems.explain(Setting.key(path));
        }
    }

    /** Whether that something is there says something, though nothing is in it: a name, and of what kind it is. */
    private boolean isMeant(List<String> path) {
        return schema.keys().get(path.getFirst()) instanceof Schema.Entries
                && switch (path.size()) {
                    case 2 -> true;
                    case 3 ->
                        path.getFirst().equals("sinks") || Set.of("tcp", "udp").contains(path.getLast());
                    default -> false;
                };
    }
}

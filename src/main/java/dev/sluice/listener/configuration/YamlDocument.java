package dev.sluice.listener.configuration;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.OriginTrackedValue;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.boot.origin.TextResourceOrigin.Location;
import org.springframework.core.io.Resource;
import org.springframework.util.NumberUtils;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/**
 * One document of a file, as properties.
 *
 * <p>Keys are text. Below {@code sluice}, a value is the text that is written, and {@code { }} is the empty text, as
 * nothing is. So is the value of a secret elsewhere. All other values are booleans where Spring Boot takes them for
 * such, and else texts. A number is a problem if YAML 1.1 reads another one than Spring makes of its text.
 */
final class YamlDocument {

    private static final Pattern TEXT =
            Pattern.compile("sluice(?:[.\\[].*)?|.*(?:password|secret|token)", Pattern.CASE_INSENSITIVE);

    private final Resource resource;
    private final Map<String, Object> properties = new LinkedHashMap<>();
    private final List<Problem> problems = new ArrayList<>();
    /** The sections and lists that are being read: an alias of one of them would have no end. */
    private final Set<Node> around = new HashSet<>();

    private YamlDocument(Resource resource) {
        this.resource = resource;
    }

    /**
     * @throws ConfigurationException if something is there that no configuration can hold
     */
    static YamlDocument read(Node root, Resource resource) {
        YamlDocument document = new YamlDocument(resource);
        document.add(root instanceof MappingNode ? "" : "document", root, root.getStartMark());
        return document;
    }

    /** Returns the values by key, each with its place. */
    Map<String, Object> properties() {
        return properties;
    }

    List<Problem> problems() {
        return problems;
    }

    /**
     * @param line where the value is, or the alias that stands for it
     */
    private void add(String key, Node value, Mark line) {
        if (!value.getTag().startsWith(Tag.PREFIX)) {
            throw mistake(value.getStartMark(), "a value cannot begin with '!'. Put it in quotes");
        }
        switch (value) {
            case ScalarNode scalar -> put(key, meaning(key, scalar), scalar);
            case SequenceNode list when list.getValue().isEmpty() -> put(key, "", list);
            case SequenceNode list ->
                within(list, line, () -> {
                    for (int i = 0; i < list.getValue().size(); i++) {
                        add(key + "[" + i + "]", list.getValue().get(i), list.getStartMark());
                    }
                });
            case MappingNode section
            when section.getValue().isEmpty() -> {
                if (isText(key)) {
                    put(key, "", section);
                }
            }
            case MappingNode section ->
                within(
                        section,
                        line,
                        () -> entries(section)
                                .forEach((name, entry) -> add(
                                        join(key, name),
                                        entry.getValueNode(),
                                        entry.getKeyNode().getStartMark())));
            default -> throw new IllegalStateException("an alias that nobody resolved");
        }
    }

    private void put(String key, Object value, Node node) {
        properties.put(key, OriginTrackedValue.of(value, origin(node)));
    }

    private Origin origin(Node node) {
        Mark mark = node.getStartMark();
        return new TextResourceOrigin(resource, new Location(mark.getLine(), mark.getColumn()));
    }

    private static String join(String section, String name) {
        return section.isEmpty() || name.startsWith("[") ? section + name : section + "." + name;
    }

    /** Returns the entries of a section, then those that it merges ({@code <<}) and does not have itself. */
    private Map<String, NodeTuple> entries(MappingNode section) {
        Map<String, NodeTuple> entries = new LinkedHashMap<>();
        List<Node> merged = new ArrayList<>();
        for (NodeTuple entry : section.getValue()) {
            if (!(entry.getKeyNode() instanceof ScalarNode key)) {
                throw mistake(entry.getKeyNode().getStartMark(), "a key cannot begin like this. Put it in quotes");
            }
            if (key.getTag().equals(Tag.MERGE)) {
                merged.addAll(
                        entry.getValueNode() instanceof SequenceNode several
                                ? several.getValue()
                                : List.of(entry.getValueNode()));
            } else if (entries.putIfAbsent(key.getValue(), entry) != null) {
                throw mistake(
                        key.getStartMark(), "key '" + key.getValue() + "' is here for the second time. Remove one");
            }
        }
        for (Node each : merged) {
            if (!(each instanceof MappingNode other)) {
                throw mistake(each.getStartMark(), "only a section can be merged ('<<')");
            }
            within(other, each.getStartMark(), () -> entries(other).forEach(entries::putIfAbsent));
        }
        return entries;
    }

    private void within(Node node, Mark line, Runnable read) {
        if (!around.add(node)) {
            throw mistake(
                    line, "an alias ('*') stands within what it is an alias of ('&'), which has no end. Remove it");
        }
        read.run();
        around.remove(node);
    }

    private Object meaning(String key, ScalarNode scalar) {
        String text = scalar.getValue();
        Tag tag = scalar.getTag();
        if (tag.equals(Tag.NULL)) {
            return "";
        }
        if (isText(key)) {
            return text;
        }
        if (tag.equals(Tag.BOOL)) {
            return byYaml(text);
        }
        if (tag.equals(Tag.INT) || tag.equals(Tag.FLOAT)) {
            Object number = byYaml(text);
            if (!isPlain(text, number)) {
                problems.add(new Problem(
                        key,
                        text + " is the number " + number + " to YAML 1.1, and the text '" + text
                                + "' to all else. Write " + number + ", or put it in quotes",
                        Place.of(origin(scalar))));
            }
        }
        return text;
    }

    private static boolean isText(String key) {
        return TEXT.matcher(key).matches();
    }

    private static Object byYaml(String text) {
        return new Yaml(new SafeConstructor(new LoaderOptions())).load(text);
    }

    /** Whether Spring's conversion makes the same number of the text. */
    private static boolean isPlain(String text, Object number) {
        try {
            return number instanceof Double
                    ? number.equals(Double.valueOf(text))
                    : NumberUtils.parseNumber(text, BigInteger.class).equals(new BigInteger(number.toString()));
        } catch (NumberFormatException ex) {
            return false;
        }
    }

    private ConfigurationException mistake(Mark mark, String message) {
        return new YamlMistake(mark.getLine() + 1, message).in(resource);
    }
}

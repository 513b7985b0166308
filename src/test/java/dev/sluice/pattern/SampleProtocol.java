package dev.sluice.pattern;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A protocol as an operator declares it, and conversations in it, of {@code src/test/resources/protocols}. */
public record SampleProtocol(String name, Map<String, Object> keys) {

    /**
     * What a device sends, what it is answered, and the fields that are found: null if there is no message.
     */
    public record Step(byte[] sent, byte[] expected, Map<String, String> fields, boolean message) {}

    /** A conversation. */
    public record Conversation(
            String title, SampleProtocol protocol, boolean datagrams, List<Step> steps, String identity) {

        @Override
        public String toString() {
            return title;
        }
    }

    public static List<Conversation> conversations() {
        List<Conversation> all = new ArrayList<>();
        for (JsonNode node : JsonMapper.shared().readTree(read("vectors.json"))) {
            List<Step> steps = new ArrayList<>();
            for (int i = 0; i < node.get("steps").size(); i++) {
                JsonNode step = node.get("steps").get(i);
                JsonNode fields = node.get("fields").get(i);
                Map<String, String> values = new LinkedHashMap<>();
                fields.properties()
                        .forEach(entry ->
                                values.put(entry.getKey(), entry.getValue().asString()));
                steps.add(new Step(
                        HexFormat.of().parseHex(step.get("send_hex").asString()),
                        HexFormat.of().parseHex(step.get("expect_hex").asString()),
                        values,
                        !fields.isNull()));
            }
            all.add(new Conversation(
                    node.get("protocol").asString(),
                    of(node.get("config_hint").asString()),
                    node.get("transport").asString().equals("udp"),
                    steps,
                    node.get("device").isNull() ? "" : node.get("device").asString()));
        }
        return all;
    }

    public static SampleProtocol of(String name) {
        Map<String, Object> file = new Yaml().load(read(name + ".yml"));
        Map<String, Object> keys = new LinkedHashMap<>();
        flatten("", Objects.requireNonNull(file.get(name)), keys);
        return new SampleProtocol(name, keys);
    }

    private static void flatten(String prefix, Object value, Map<String, Object> keys) {
        if (value instanceof Map<?, ?> map && !prefix.equals("framing.escape")) {
            map.forEach((key, element) -> flatten(prefix.isEmpty() ? "" + key : prefix + "." + key, element, keys));
        } else {
            keys.put(prefix, value);
        }
    }

    private static String read(String file) {
        try (InputStream in =
                Objects.requireNonNull(SampleProtocol.class.getResourceAsStream("/patterns/" + file), file)) {
            return new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    public String text(String key, String otherwise) {
        Object value = keys.get(key);
        return value == null ? otherwise : value.toString();
    }

    public List<String> frames() {
        return texts("framing.frames");
    }

    @SuppressWarnings("unchecked")
    private List<String> texts(String key) {
        return (List<String>) keys.getOrDefault(key, List.of());
    }

    @SuppressWarnings("unchecked")
    public Map<String, String> escape() {
        return (Map<String, String>) keys.getOrDefault("framing.escape", Map.of());
    }

    /** Each with its keys. */
    public List<Map<String, Object>> rules() {
        List<Map<String, Object>> rules = new ArrayList<>();
        for (Object rule : (List<?>) keys.getOrDefault("rules", List.of())) {
            Map<String, Object> flat = new LinkedHashMap<>();
            flatten("", rule, flat);
            rules.add(flat);
        }
        return rules;
    }
}

package dev.sluice.deployment;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import java.io.IOException;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * One object of Kubernetes.
 *
 * @param where the file that it stands in, or what has made it
 */
record Manifest(String where, JsonNode content) {

    private static final JsonMapper JSON = new JsonMapper();
    private static final String MODELS = "io.kubernetes.client.openapi.models.";
    private static final String GATEWAY_MODELS = "io.fabric8.kubernetes.api.model.gatewayapi.";

    /** All in a file or text of several. */
    static List<Manifest> in(String where, String yaml) {
        List<Manifest> manifests = new ArrayList<>();
        for (Object document : new Yaml().loadAll(yaml)) {
            manifests.add(new Manifest(where, JSON.valueToTree(document)));
        }
        return manifests;
    }

    /** All below a folder, but for what only Kustomize reads, and the configuration of Sluice. */
    static List<Manifest> below(Path folder) throws IOException {
        List<Manifest> manifests = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.filter(file -> file.toString().endsWith(".yaml"))
                    .filter(file -> !file.endsWith("kustomization.yaml"))
                    .sorted()
                    .toList()) {
                manifests.addAll(in(file.toString(), Files.readString(file)));
            }
        }
        return manifests;
    }

    String kind() {
        return content.path("kind").asString();
    }

    String name() {
        return content.at("/metadata/name").asString();
    }

    JsonNode at(String pointer) {
        return content.at(pointer);
    }

    /**
     * Holds it against the model of its kind.
     *
     * @throws IllegalArgumentException if a field is unknown, missing or of another type
     */
    void validate() throws ReflectiveOperationException {
        String[] version = content.path("apiVersion").asString().split("/");
        if (version[0].equals("gateway.networking.k8s.io")) {
            validateByGatewayApi(version[1]);
        } else if (version[0].equals("monitoring.coreos.com")) {
            assertThat(kind()).isEqualTo("ServiceMonitor"); // there is no model of it
        } else {
            validateByClient(version[version.length - 1].toUpperCase(Locale.ROOT));
        }
    }

    private void validateByClient(String version) throws ReflectiveOperationException {
        JsonElement element = new Gson().fromJson(content.toString(), JsonElement.class);
        try {
            Class.forName(MODELS + version + kind())
                    .getMethod("validateJsonElement", JsonElement.class)
                    .invoke(null, element);
        } catch (InvocationTargetException ex) {
            throw new IllegalArgumentException(this + ": " + ex.getCause().getMessage(), ex);
        }
    }

    private void validateByGatewayApi(String version) throws ReflectiveOperationException {
        refuseUnknown(JSON.convertValue(content, Class.forName(GATEWAY_MODELS + version + "." + kind())));
    }

    /** These models keep what they do not know. */
    private void refuseUnknown(Object model) throws ReflectiveOperationException {
        if (model instanceof List<?> list) {
            for (Object each : list) {
                refuseUnknown(each);
            }
        }
        if (!model.getClass().getName().startsWith("io.fabric8.") || model instanceof Enum<?>) {
            return;
        }
        for (Field field : model.getClass().getDeclaredFields()) {
            field.setAccessible(true);
            Object value = Modifier.isStatic(field.getModifiers()) ? null : field.get(model);
            if (field.getName().equals("additionalProperties") && value instanceof Map<?, ?> map && !map.isEmpty()) {
                throw new IllegalArgumentException(this + ": unknown: " + map);
            }
            if (value != null) {
                refuseUnknown(value);
            }
        }
    }

    @Override
    public String toString() {
        return where + ": " + kind() + " " + name();
    }
}

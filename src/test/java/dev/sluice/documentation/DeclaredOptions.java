package dev.sluice.documentation;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Parameter;
import java.net.URL;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The keys that Sluice knows, out of the metadata that the compiler generates for editors. That looks neither into maps
 * nor into lists: of {@code sluice.sinks.NAME}, {@code sluice.users.NAME}, {@code sluice.protocols.NAME} and of a rule
 * it is the records that are asked, and the keys of a listener are those of {@code sluice.defaults}.
 */
final class DeclaredOptions {

    private static final String METADATA = "META-INF/spring-configuration-metadata.json";
    private static final Pattern MAP = Pattern.compile("java\\.util\\.Map<java\\.lang\\.String, ?(dev\\.sluice\\..+)>");
    private static final Pattern LIST = Pattern.compile("java\\.util\\.List<(dev\\.sluice\\..+Properties)>");

    private DeclaredOptions() {}

    /** By key, in full; empty where there is none. */
    static Map<String, String> defaults() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        for (URL url : Collections.list(DeclaredOptions.class.getClassLoader().getResources(METADATA))) {
            try (InputStream in = url.openStream()) {
                for (JsonNode property : JsonMapper.shared().readTree(in).get("properties")) {
                    if (property.get("name").asString().startsWith("sluice.")) {
                        add(property, defaults);
                    }
                }
            }
        }
        return defaults;
    }

    private static void add(JsonNode property, Map<String, String> defaults) {
        String name = property.get("name").asString();
        String key = name.replace("sluice.defaults.", "sluice.listeners.NAME.");
        Matcher map = MAP.matcher(property.get("type").asString());
        Matcher list = LIST.matcher(property.get("type").asString());
        if (list.matches()) {
            add(key + "[]", type(list.group(1)), defaults);
        } else if (!map.matches()) {
            defaults.put(key, property.path("defaultValue").asString(""));
        } else if (!name.equals("sluice.listeners")) {
            add(name + ".NAME", type(map.group(1)), defaults);
        }
    }

    private static Class<?> type(String name) {
        try {
            return Class.forName(name);
        } catch (ClassNotFoundException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static void add(String stem, Class<?> record, Map<String, String> defaults) {
        for (Parameter component : record.getDeclaredConstructors()[0].getParameters()) {
            Name said = component.getAnnotation(Name.class);
            String key = stem + "." + (said == null ? dashed(component.getName()) : said.value());
            Matcher list = LIST.matcher(component.getParameterizedType().getTypeName());
            if (component.getType().isRecord() && component.getType().getName().startsWith("dev.sluice.")) {
                add(key, component.getType(), defaults);
            } else if (list.matches()) {
                add(key + "[]", type(list.group(1)), defaults);
            } else {
                DefaultValue otherwise = component.getAnnotation(DefaultValue.class);
                defaults.put(key, otherwise == null ? "" : String.join(",", otherwise.value()));
            }
        }
    }

    private static String dashed(String name) {
        return ConfigurationPropertyName.adapt(name.replaceAll("([A-Z])", "-$1"), '.')
                .toString();
    }
}

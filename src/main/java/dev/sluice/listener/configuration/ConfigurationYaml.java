package dev.sluice.listener.configuration;

import java.io.IOException;
import java.io.Reader;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.env.OriginTrackedMapPropertySource;
import org.springframework.boot.env.PropertySourceLoader;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.Resource;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.reader.UnicodeReader;

/**
 * Reads YAML in place of Spring Boot's own loader, which hands on what YAML 1.1 takes a value for: the password
 * {@code 0123} would be 83. {@link YamlDocument} decides what a value means.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ConfigurationYaml implements PropertySourceLoader {

    @Override
    public String[] getFileExtensions() {
        return new String[] {"yml", "yaml"};
    }

    /**
     * @throws ConfigurationException naming the line, if the file is not YAML or a value has two meanings
     */
    @Override
    public List<PropertySource<?>> load(String name, Resource resource) throws IOException {
        List<YamlDocument> documents = new ArrayList<>();
        try (Reader reader = new UnicodeReader(resource.getInputStream())) {
            for (Node root : yaml().composeAll(reader)) {
                if (!root.getTag().equals(Tag.NULL)) {
                    documents.add(YamlDocument.read(root, resource));
                }
            }
        } catch (YAMLException ex) {
            throw YamlMistake.of(ex).in(resource);
        }
        List<Problem> problems = documents.stream()
                .flatMap(document -> document.problems().stream())
                .toList();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        List<PropertySource<?>> sources = new ArrayList<>();
        for (YamlDocument document : documents) {
            String number = documents.size() > 1 ? " (document #" + sources.size() + ")" : "";
            sources.add(new OriginTrackedMapPropertySource(name + number, document.properties(), true));
        }
        return sources;
    }

    /** Returns a parser that is as lenient as Spring Boot's. */
    private static Yaml yaml() {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(Integer.MAX_VALUE);
        options.setCodePointLimit(Integer.MAX_VALUE);
        return new Yaml(options);
    }
}

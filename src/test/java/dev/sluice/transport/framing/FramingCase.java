package dev.sluice.transport.framing;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.stream.Stream;
import org.springframework.beans.factory.config.YamlPropertiesFactoryBean;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.handler.NoUnboundElementsBindHandler;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.core.io.FileSystemResource;

/**
 * One folder {@code src/test/resources/framing/<type>/<name>}. A new case is a folder of these files:
 *
 * <ul>
 *   <li>{@code framing.yml}: the framing, in an operator's keys
 *   <li>{@code input.txt}: what the peer sends, as {@link EscapedBytes}; line breaks of the file itself stand for nothing
 *   <li>{@code messages.txt}: the payloads expected, one a line, escaped likewise; an empty line is an empty payload
 *   <li>{@code outcome.yml}: how many frames were {@code oversize}, {@code malformed}, {@code incomplete}, and whether
 *       there is a {@code message-at-end}, and how many bytes were {@code passed-over}; without it, none
 * </ul>
 */
record FramingCase(String type, String name, FramingProperties properties, byte[] input, Reading expected) {

    record Outcome(
            @DefaultValue("0") int oversize,
            @DefaultValue("0") int malformed,
            @DefaultValue("0") int incomplete,
            @DefaultValue("false") boolean messageAtEnd,
            @DefaultValue("0") int passedOver) {}

    static List<FramingCase> all() {
        return folders(root())
                .flatMap(FramingCase::folders)
                .map(FramingCase::of)
                .toList();
    }

    @Override
    public String toString() {
        return type + "/" + name;
    }

    private static FramingCase of(Path folder) {
        Outcome outcome = bind("outcome", Outcome.class, folder.resolve("outcome.yml"));
        List<String> messages = text(folder.resolve("messages.txt"))
                .lines()
                .map(line -> Reading.message(EscapedBytes.parse(line)))
                .toList();
        return new FramingCase(
                folder.getParent().getFileName().toString(),
                folder.getFileName().toString(),
                bind("framing", FramingProperties.class, folder.resolve("framing.yml")),
                EscapedBytes.parse(text(folder.resolve("input.txt"))),
                new Reading(
                        messages,
                        outcome.oversize(),
                        outcome.malformed(),
                        outcome.incomplete(),
                        outcome.messageAtEnd(),
                        outcome.passedOver()));
    }

    private static <T> T bind(String prefix, Class<T> type, Path file) {
        MapConfigurationPropertySource source = new MapConfigurationPropertySource();
        if (Files.exists(file)) {
            YamlPropertiesFactoryBean yaml = new YamlPropertiesFactoryBean();
            yaml.setResources(new FileSystemResource(file));
            Properties keys = Objects.requireNonNull(yaml.getObject());
            keys.forEach((key, value) -> source.put(prefix + "." + key, value));
        }
        return new Binder(source)
                .bindOrCreate(prefix, Bindable.of(type), new NoUnboundElementsBindHandler(BindHandler.DEFAULT));
    }

    private static Path root() {
        URL url = Objects.requireNonNull(FramingCase.class.getResource("/framing"));
        try {
            return Path.of(url.toURI());
        } catch (URISyntaxException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static Stream<Path> folders(Path parent) {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory).sorted().toList().stream();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, US_ASCII);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

package dev.sluice.documentation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.sluice.documentation.Document.Block;
import dev.sluice.documentation.Document.Section;
import dev.sluice.operation.QuickStart;
import dev.sluice.operation.SluiceProcess;
import dev.sluice.sink.kafka.KafkaBroker;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/** Sections of a document, followed one after the other in a folder of their own, on ports of their own. */
final class Walkthrough implements AutoCloseable {

    private static final Path DEFAULT = Path.of("config", "application.yml");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Commands that only look: what they show may come a little later. */
    private static final Pattern LOOKS = Pattern.compile("(cat|ls|kcat|tail) .*|curl (?!.*(-X|-d)).*");

    /** What may not be installed. */
    private static final Pattern PROGRAMS = Pattern.compile("\\b(curl|htpasswd|kcat|logger|ncat|openssl)\\b");

    /** Of a connection, which later commands call so. */
    private static final Pattern ID = Pattern.compile("\"id\":\"([^\"]+)\"");

    private static final Pattern TOPIC = Pattern.compile("topic: ([\\w.-]+)");

    private final Path folder;
    private final Surroundings surroundings = new Surroundings();
    private String classPath = QuickStart.classPath();
    private boolean configured;
    private boolean starts = true;
    private @Nullable SluiceProcess sluice;
    private @Nullable KafkaBroker kafka;

    Walkthrough(Path folder) throws IOException {
        this.folder = folder;
        Path java = Files.createDirectories(folder.resolve("bin")).resolve("java");
        Files.writeString(java, """
            #!/usr/bin/env bash
            # The jar is not built when tests run: its classes stand in for it.
            arguments=()
            while (($#)); do
                if [[ $1 == -jar && $2 == *sluice.jar ]]; then
                    arguments+=(-XX:TieredStopAtLevel=1 -XX:+UseSerialGC $SLUICE_CACHE -cp "$SLUICE_CLASS_PATH" dev.sluice.Start)
                    shift
                else
                    arguments+=("$1")
                fi
                shift
            done
            exec "$JAVA_HOME/bin/java" "${arguments[@]}"
            """);
        assertThat(java.toFile().setExecutable(true)).isTrue();
    }

    /** Whether a section needs a service of its own: it says how that is configured, or adds to it. */
    static boolean isOfItsOwn(Section section) {
        return section.blocks().stream().anyMatch(block -> block.is("yaml") || block.is("java"));
    }

    /** Does what the section says. */
    void follow(Section section) throws Exception {
        for (Block block : section.blocks()) {
            switch (block.info()) {
                case "yaml" -> configure(block);
                case "yaml wrong" -> configureWrongly(block);
                case "java" -> extend(block);
                case "sh", "console" -> type(section, block);
                default -> {}
            }
        }
    }

    /** From here on the service runs with this configuration. */
    private void configure(Block yaml) throws Exception {
        configureWrongly(yaml);
        starts = true;
    }

    /** From here on there is this configuration, and no service. */
    private void configureWrongly(Block yaml) throws Exception {
        end();
        if (yaml.text().contains("spring.kafka")) {
            kafka = KafkaBroker.start();
            surroundings.put("localhost:9092", kafka.servers());
            TOPIC.matcher(yaml.text()).results().forEach(topic -> kafka.createTopic(topic.group(1)));
        }
        write(yaml.text());
        starts = false;
    }

    private void write(String yaml) throws IOException {
        surroundings.move(yaml);
        Files.writeString(
                Files.createDirectories(folder.resolve("config")).resolve("application.yml"),
                surroundings.here(Surroundings.withVariables(yaml)));
        configured = true;
    }

    /** The service finds this class as it would in a jar in {@code extensions/}. */
    private void extend(Block java) throws IOException {
        Path sources = Files.createDirectories(folder.resolve("sources"));
        Path classes = folder.resolve("extension");
        String name = first("public class (\\w+)", java.text());
        Path source = Files.writeString(sources.resolve(name + ".java"), java.text());
        assertThat(ToolProvider.getSystemJavaCompiler()
                        .run(null, null, null, "-parameters", "-d", classes.toString(), source.toString()))
                .as("compiling %s", java)
                .isZero();
        Files.writeString(
                Files.createDirectories(classes.resolve("META-INF/spring"))
                        .resolve("org.springframework.boot.autoconfigure.AutoConfiguration.imports"),
                first("package ([\\w.]+);", java.text()) + "." + name + "\n");
        classPath += File.pathSeparator + classes;
    }

    private static String first(String pattern, String text) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        assertThat(matcher.find()).as(pattern).isTrue();
        return matcher.group(1);
    }

    /** Runs commands, and compares what they print, if the block says it. */
    private void type(Section section, Block commands) throws Exception {
        PROGRAMS.matcher(commands.text())
                .results()
                .map(MatchResult::group)
                .forEach(program -> assumeThat(isInstalled(program))
                        .as("%s is installed", program)
                        .isTrue());
        start(section, commands);
        if (commands.info().equals("sh")) {
            Run run = run(commands.text());
            assertThat(run.exitCode()).as(() -> commands + ": " + run.output()).isZero();
            return;
        }
        for (String command : commands.text().split("(?m)^\\$ ")) {
            if (!command.isBlank()) {
                String[] typed = command.split("\n", 2);
                follow(commands, typed[0], typed[1]);
            }
        }
    }

    private void follow(Block block, String command, String printed) throws Exception {
        Pattern expected = Pattern.compile(
                Stream.of(surroundings.here(printed).stripTrailing().split("…", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")),
                Pattern.DOTALL);
        Duration patience = LOOKS.matcher(command).matches() ? PATIENCE : Duration.ZERO;
        long until = System.nanoTime() + patience.toNanos();
        String output = run(command).output();
        while (!expected.matcher(output).matches() && System.nanoTime() - until < 0) {
            output = run(command).output();
        }
        assertThat(output).as("%s: %s", block, command).matches(expected);
    }

    private void start(Section section, Block commands) throws Exception {
        boolean later = section.blocks().stream()
                .skip(section.blocks().indexOf(commands))
                .anyMatch(block -> block.is("yaml"));
        if (sluice != null || !starts || !configured && later) {
            return;
        }
        if (!configured) {
            write(Files.readString(DEFAULT));
        }
        if (!surroundings.isMeant(typed(commands))) {
            return;
        }
        sluice = SluiceProcess.by(
                QuickStart.java(QuickStart.CHEAP, classPath), folder, Files.readString(folder.resolve(DEFAULT)));
        surroundings.put(Surroundings.MANAGEMENT, sluice.httpPort());
        surroundings.put("PASSWORD", SluiceProcess.PASSWORD);
    }

    /**
     * What became of a command.
     *
     * @param output without spaces at the ends of lines, and line breaks at its end
     */
    private record Run(int exitCode, String output) {}

    private static String typed(Block commands) {
        return commands.info().equals("sh")
                ? commands.text()
                : commands.text().lines().filter(line -> line.startsWith("$ ")).collect(Collectors.joining("\n"));
    }

    /**
     * In Bash, as typed in the folder that the service runs in. What it leaves running in the background ends with the
     * test.
     */
    private Run run(String commands) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", surroundings.here(commands))
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().put("PATH", folder.resolve("bin") + ":" + System.getenv("PATH"));
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("SLUICE_CLASS_PATH", classPath);
        builder.environment().put("SLUICE_CACHE", String.join(" ", QuickStart.cache()));
        builder.environment().put("LC_ALL", "C.UTF-8");
        int exitCode = builder.start().waitFor();
        String printed = Files.readString(output).replaceAll("(?m)[ \r]+$", "").stripTrailing();
        Matcher id = ID.matcher(printed);
        if (id.find()) {
            surroundings.put("ID", id.group(1));
        }
        return new Run(exitCode, printed);
    }

    private static boolean isInstalled(String program) {
        return Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(bin -> Files.isExecutable(Path.of(bin, program)));
    }

    private void end() {
        if (sluice != null) {
            sluice.close();
            sluice = null;
        }
        if (kafka != null) {
            kafka.close();
            kafka = null;
        }
    }

    @Override
    public void close() {
        end();
    }
}

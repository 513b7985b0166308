package dev.sluice.operation;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What makes a start of the service cheap: an ahead-of-time cache, and a class path that fits it. The cache is made
 * once for all tests of this JVM, beside them; that takes as much as some five starts. What starts the service before it
 * is there waits for it.
 */
public final class QuickStart {

    /**
     * Of Java, for a program that does little but start: less is compiled, and by fewer threads. What is measured, or
     * works hard, is better off without.
     */
    public static final List<String> CHEAP = List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");

    private static final String APPLICATION = "dev.sluice.Application";

    private static final Logger log = LoggerFactory.getLogger(QuickStart.class);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Path FOLDER = Path.of("target", "quick-start").toAbsolutePath();
    private static final Path CACHE = FOLDER.resolve("sluice.aot");
    private static final String CLASS_PATH = makeClassPath();

    private static volatile boolean cached;

    private static final Thread TRAINING = Thread.ofPlatform().name("training").start(QuickStart::train);

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(TRAINING::interrupt));
    }

    private QuickStart() {}

    /** The service and all that it needs, without the classes of tests. */
    public static String classPath() {
        return CLASS_PATH;
    }

    /** Options of Java, for a class path that begins by {@link #classPath()}. Waits for the cache. */
    public static List<String> cache() {
        try {
            awaitCache();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
        // Java may print what of the cache it passes over.
        return !cached ? List.of() : List.of("-XX:AOTCache=" + CACHE, "-Xlog:disable");
    }

    /**
     * Returns a command that starts the service, once the cache is there.
     *
     * @param options of Java, such as {@link #CHEAP}
     */
    static List<String> java(List<String> options) {
        return java(options, CLASS_PATH);
    }

    /**
     * Returns a command that starts the service, once the cache is there.
     *
     * @param classPath begins by {@link #classPath()}
     */
    public static List<String> java(List<String> options, String classPath) {
        return java(cache(), options, classPath);
    }

    /** Waits for the cache, for what would be disturbed by its making. */
    public static void awaitCache() throws InterruptedException {
        TRAINING.join();
    }

    /** Returns a command that runs one of Sluice's own, once the cache is there. */
    public static List<String> sluice(String... arguments) {
        List<String> command = java(CHEAP);
        command.addAll(List.of(arguments));
        return command;
    }

    private static List<String> java(List<String> cache, List<String> options, String classPath) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(cache);
        command.addAll(List.of("-cp", classPath, APPLICATION));
        return command;
    }

    private static void train() {
        try {
            Files.deleteIfExists(CACHE);
            List<String> java = java(List.of("-XX:AOTCacheOutput=" + CACHE), CHEAP, CLASS_PATH);
            Path folder = Files.createTempDirectory(FOLDER, "training");
            try (SluiceProcess sluice = SluiceProcess.by(java, folder, """
                sluice:
                  listeners.in:
                    tcp: { address: 127.0.0.1, port: 0 }
                    reply: { type: text, text: "OK {sequence}", after: accepted }
                    sinks: [recorder]
                  sinks.recorder.file.path: recorded.log
                """)) {
                try (NumberedLoad load = NumberedLoad.start(sluice.port("in"), 0, 16, 100)) {
                    load.awaitAllAnswered();
                }
                sluice.terminate();
                sluice.awaitExit(PATIENCE);
            }
            cached = Files.exists(CACHE);
        } catch (Exception | AssertionError ex) {
            log.warn("Starts are slow, since no cache could be made", ex);
        }
    }

    /** The JVM takes jars into a cache, but no folders; those of tests are not needed. */
    private static String makeClassPath() {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> entries = new ArrayList<>();
        try {
            Files.createDirectories(FOLDER);
            for (String entry : Arrays.asList(all.split(File.pathSeparator))) {
                Path path = Path.of(entry);
                if (!Files.isDirectory(path)) {
                    entries.add(entry);
                } else if (Files.exists(path.resolve("dev/sluice/Application.class"))) {
                    entries.addFirst(jar(path, FOLDER.resolve("sluice.jar")).toString());
                }
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        return String.join(File.pathSeparator, entries);
    }

    private static Path jar(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                JarOutputStream out = new JarOutputStream(file);
                Stream<Path> paths = Files.walk(classes)) {
            for (Path path : paths.sorted().toList()) {
                String name = classes.relativize(path).toString();
                if (Files.isDirectory(path)) {
                    if (!name.isEmpty()) {
                        out.putNextEntry(new JarEntry(name + "/"));
                    }
                } else {
                    out.putNextEntry(new JarEntry(name));
                    Files.copy(path, out);
                }
            }
        }
        return jar;
    }
}

package dev.sluice.operation;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;

/**
 * A command that starts the service in a little more than half the time, by an ahead-of-time cache. Making it takes
 * some twenty seconds, so it pays from about ten starts on.
 */
final class QuickStart {

    private final List<String> options = List.of("-Xmx1g", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC");
    private final Path cache;
    private final String classPath;

    /**
     * @param folder for what is made
     * @param yaml what is trained with
     */
    QuickStart(Path folder, String yaml) throws Exception {
        this.cache = folder.resolve("sluice.aot");
        this.classPath = classPath(Files.createDirectories(folder));
        try (HeadlessSluice sluice = new HeadlessSluice(folder, yaml, java("-XX:AOTCacheOutput=" + cache))) {
            try (NumberedLoad load = NumberedLoad.start(sluice.awaitPort("in"), 0, 16, 100)) {
                load.awaitAllAnswered();
            }
            ProcessHandle.of(sluice.pid()).orElseThrow().destroy();
            sluice.awaitExit(Duration.ofMinutes(2));
        }
        if (!Files.exists(cache)) {
            throw new AssertionError("No cache was made");
        }
    }

    List<String> java() {
        return java("-XX:AOTCache=" + cache);
    }

    private List<String> java(String option) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.addAll(List.of(option, "-cp", classPath, "dev.sluice.Application"));
        return command;
    }

    /** The JVM takes jars into a cache, but no folders; those of tests are not needed. */
    private static String classPath(Path folder) throws IOException {
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> entries = new ArrayList<>();
        for (String entry : Arrays.asList(all.split(File.pathSeparator))) {
            Path path = Path.of(entry);
            if (!Files.isDirectory(path)) {
                entries.add(entry);
            } else if (Files.exists(path.resolve("dev/sluice/Application.class"))) {
                entries.addFirst(jar(path, folder.resolve("sluice.jar")).toString());
            }
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

package dev.sluice.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;

/**
 * What the numbers belong to.
 *
 * @param memory in MiB
 * @param loadAverage of the last minute, before the start: what else was going on
 * @param revision of the project
 */
record Machine(
        String processor, int cores, long memory, String system, String java, double loadAverage, String revision) {

    static Machine read() throws IOException {
        var system = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
        return new Machine(
                readProcessor(),
                system.getAvailableProcessors(),
                system.getTotalMemorySize() >> 20,
                "%s %s %s".formatted(system.getName(), system.getVersion(), system.getArch()),
                "%s %s"
                        .formatted(
                                System.getProperty("java.vendor.version", System.getProperty("java.vm.name")),
                                Runtime.version()),
                system.getSystemLoadAverage(),
                readRevision());
    }

    private static String readProcessor() throws IOException {
        Path description = Path.of("/proc/cpuinfo");
        if (!Files.isReadable(description)) {
            return "unknown";
        }
        return Files.readAllLines(description).stream()
                .filter(line -> line.startsWith("model name"))
                .map(line -> line.substring(line.indexOf(':') + 1).strip())
                .findFirst()
                .orElse("unknown");
    }

    private static String readRevision() throws IOException {
        try (var stream = Machine.class.getResourceAsStream("/git.properties")) {
            var properties = new Properties();
            if (stream != null) {
                properties.load(stream);
            }
            String dirty = "true".equals(properties.getProperty("git.dirty")) ? " with changes" : "";
            return properties.getProperty("git.commit.id.abbrev", "unknown") + dirty;
        }
    }
}

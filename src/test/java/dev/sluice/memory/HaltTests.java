package dev.sluice.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class HaltTests {

    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "sluice");
    /** What may catch an error, and the statement that comes first then; a comment may stand between. */
    private static final Pattern CATCH = Pattern.compile(
            "catch \\((?:[\\w.]+ \\| )*(?:Throwable|(?:\\w*\\.)*\\w*Error)(?: \\| [\\w.]+)* \\w+\\) \\{\\s*"
                    + "(?://[^\\n]*\\s*)*([^;]*;)");

    @ParameterizedTest
    @ValueSource(strings = {"itself", "a cause", "uncaught", "another error"})
    void endsTheProcessAtOnce(String how) throws Exception {
        Process process = new ProcessBuilder(List.of(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        Program.class.getName(),
                        how))
                .redirectErrorStream(true)
                .start();
        String said = new String(process.getInputStream().readAllBytes());
        boolean other = how.equals("another error");
        assertThat(process.waitFor()).isEqualTo(other ? Halt.ERROR : Halt.OUT_OF_MEMORY);
        assertThat(said)
                .contains(other ? "It cannot go on" : "Out of memory: the process ends")
                .doesNotContain("shut down");
    }

    @Test
    void anythingElseEndsNothing() {
        Halt.onOutOfMemory(new IllegalStateException(new StackOverflowError()));
    }

    @Test
    void nobodySwallowsAnError() throws IOException {
        List<String> swallowing = new ArrayList<>();
        int found = 0;
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(HaltTests::mayCatch).toList()) {
                Matcher caught = CATCH.matcher(read(file));
                while (caught.find()) {
                    found++;
                    String first = caught.group(1);
                    if (!first.contains("Halt.on") && !rethrows(read(file), caught.end())) {
                        swallowing.add(file.getFileName() + ": " + first);
                    }
                }
            }
        }
        assertThat(found).isGreaterThan(10);
        assertThat(swallowing).isEmpty();
    }

    /** The client is no service, and tells its user; a stack that is too deep is not for want of memory. */
    private static boolean mayCatch(Path file) {
        return file.toString().endsWith(".java")
                && !file.startsWith(SOURCES.resolve("client"))
                && !file.startsWith(SOURCES.resolve("listener").resolve("configuration"));
    }

    /** Whether the same block ends in throwing what it has caught. */
    private static boolean rethrows(String source, int from) {
        return source.substring(from, Math.min(source.length(), from + 200)).contains("throw ex;");
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Would print a line if it were shut down. */
    static final class Program {

        private Program() {}

        public static void main(String[] arguments) {
            Runtime.getRuntime().addShutdownHook(new Thread(() -> System.out.println("shut down")));
            Thread.setDefaultUncaughtExceptionHandler((thread, ex) -> Halt.onOutOfMemory(ex));
            switch (arguments[0]) {
                case "itself" -> Halt.onOutOfMemory(new OutOfMemoryError());
                case "a cause" ->
                    Halt.onOutOfMemory(new IllegalStateException(new CompletionException(new OutOfMemoryError())));
                case "uncaught" -> {
                    long[][] all = new long[1000][];
                    for (int i = 0; i < all.length; i++) {
                        all[i] = new long[Integer.MAX_VALUE - 8];
                    }
                }
                default -> Halt.on(new StackOverflowError(), "It");
            }
            System.out.println("went on");
        }
    }
}

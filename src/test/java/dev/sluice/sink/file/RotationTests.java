package dev.sluice.sink.file;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.sink.LineMessage;
import dev.sluice.sink.file.FileSinkProperties.Format;
import dev.sluice.sink.file.RotationProperties.Compression;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.util.unit.DataSize;

class RotationTests {

    private static final String STAMP = "\\.\\d{8}T\\d{6}\\.\\d{3}Z";
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    @Test
    void aFileThatHasItsSizeIsPutAsideAndNamesSortByAge() throws Exception {
        try (FileSink sink = sink("{listener}.log", bySize(null, Compression.NONE))) {
            for (int i = 0; i < 5; i++) {
                send(sink, i + "x".repeat(1000), "-");
                send(sink, i + "y".repeat(100));
            }
        }
        assertThat(names()).hasSize(5).last().asString().matches("greeter\\.log" + STAMP);
        assertThat(names()).first().isEqualTo("greeter.log");
        assertThat(firsts(names().subList(1, 5))).containsExactly("0", "1", "2", "3");
        assertThat(Files.readAllLines(folder.resolve("greeter.log"))).hasSize(3);
    }

    @Test
    void whatIsWrittenAtOnceStaysTogether() throws Exception {
        try (FileSink sink = sink("x.log", bySize(null, Compression.NONE))) {
            send(sink, "x".repeat(1000), "y".repeat(1000), "z".repeat(1000));
        }
        assertThat(names()).containsExactly("x.log");
    }

    @Test
    void aFileThatIsOldEnoughIsPutAsideByTheNextMessageAlsoWhenItWasNotOpen() throws Exception {
        RotationProperties daily = new RotationProperties(null, Duration.ofSeconds(1), null, Compression.NONE);
        try (FileSink sink = sink("x.log", daily)) {
            send(sink, "1");
        }
        try (FileSink sink = sink("x.log", daily)) {
            await().pollDelay(Duration.ofMillis(1100)).until(() -> true);
            send(sink, "2");
            assertThat(names()).hasSize(2);
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(100)).until(() -> {
                send(sink, "3");
                return names().size() == 3;
            });
        }
        assertThat(firsts(names().subList(1, 3))).containsExactly("1", "2");
    }

    @Test
    void theSizeCountsWhatWasThereBeforeTheStart() throws Exception {
        Files.writeString(folder.resolve("x.log"), "x".repeat(2000) + "\n");
        try (FileSink sink = sink("x.log", bySize(null, Compression.NONE))) {
            send(sink, "new");
        }
        assertThat(names()).hasSize(2);
        assertThat(folder.resolve("x.log")).hasContent("new\n");
    }

    @Test
    void soManyAreKeptAlsoOfEarlierRunsAndOfNoOtherPath() throws Exception {
        List<String> others = List.of(
                "x.log.1",
                "x.log.20200101T000000.000Z.bak",
                "x.log.old",
                "y.log.20200101T000000.000Z",
                "xx.log.20200101T000000.000Z");
        for (String other : others) {
            Files.writeString(folder.resolve(other), "");
        }
        for (int run = 0; run < 3; run++) {
            try (FileSink sink = sink("x.log", bySize(2, Compression.NONE))) {
                for (int i = 0; i < 3; i++) {
                    send(sink, run + "-" + i + " " + "x".repeat(1024));
                }
                awaitKept(2);
            }
        }
        assertThat(firsts(ofPath("x.log"))).containsExactly("2-0", "2-1");
        assertThat(names()).containsAll(others);
    }

    @Test
    void whatIsPutAsideIsCompressedWholeAndReadableByTheSameUsers() throws Exception {
        Path file = Files.writeString(folder.resolve("x.log"), "0 " + "x".repeat(1024) + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        try (FileSink sink = sink("x.log", bySize(null, Compression.GZIP))) {
            for (int i = 1; i < 4; i++) {
                send(sink, i + " " + "x".repeat(300_000));
            }
            awaitCompressed(3);
        }
        assertThat(firsts(ofPath("x.log"))).containsExactly("0", "1", "2");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files)
                    .hasSize(4)
                    .allSatisfy(one -> assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(one)))
                            .isEqualTo("rw-------"));
        }
    }

    /** As after a crash amid it, at each of its steps. */
    @Test
    void whatWasHalfCompressedIsCompressedAnewAndWhatIsWholeIsNeverReplacedByLess() throws Exception {
        Files.writeString(folder.resolve("x.log.20260101T000000.000Z"), "whole 1\n");
        Files.writeString(folder.resolve("x.log.20260101T000000.000Z.gz.part"), "torn");
        Files.writeString(folder.resolve("x.log.20260102T000000.000Z"), "whole 2\n");
        Files.writeString(folder.resolve("x.log.20260102T000000.000Z.gz"), "not ours");
        gzip(folder.resolve("x.log.20260103T000000.000Z.gz"), "whole 3\n");
        try (FileSink sink = sink("x.log", bySize(null, Compression.GZIP))) {
            send(sink, "now " + "x".repeat(1024));
            send(sink, "next");
            awaitCompressed(4);
        }
        assertThat(names()).noneMatch(name -> name.endsWith(".part") || name.endsWith("Z"));
        assertThat(firsts(ofPath("x.log"))).containsExactly("whole 1", "whole 2", "whole 3", "now");
    }

    @Test
    void aClockThatWentBackDoesNotPutTheNewestInFrontOfTheOldest() throws Exception {
        Files.writeString(folder.resolve("x.log.20990101T000000.000Z"), "old\n");
        Files.writeString(folder.resolve("x.log.20990101T000000.001Z.gz"), "");
        assertThat(new RotatedFiles(folder.resolve("x.log")).next(Instant.parse("2026-03-04T23:59:58.765Z")))
                .isEqualTo(folder.resolve("x.log.20990101T000000.002Z"));
        assertThat(new RotatedFiles(folder.resolve("y.log")).next(Instant.parse("2026-03-04T23:59:58.765Z")))
                .isEqualTo(folder.resolve("y.log.20260304T235958.765Z"));
    }

    @Test
    void aPeerCannotNameAFileThatWasPutAside() throws Exception {
        List<String> hostile = List.of(
                "x.20260304T235958.765Z",
                "x.20260304T235958.765Z.gz",
                "x.20260304T235958.765Z.gz.part",
                "x\n.20260304T235958.765Z");
        try (FileSink sink = sink("{payload}", bySize(null, Compression.NONE))) {
            for (String payload : hostile) {
                send(sink, payload);
            }
        }
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "x_20260304T235958_765Z",
                        "x_20260304T235958_765Z_gz",
                        "x_20260304T235958_765Z_gz_part",
                        "x__20260304T235958_765Z");
    }

    @Test
    void aPeerCannotNameAFileOfASpool() throws Exception {
        try (FileSink sink = raw("{payload}");
                FileSink dotted = raw(".{payload}");
                FileSink composed = raw("{listener}.{payload}");
                FileSink own = raw("{payload}.spool")) {
            send(sink, "greeter.spool");
            send(sink, "greeter.spool-wal");
            send(dotted, "lock");
            send(composed, "spool-shm");
            send(own, "mine");
        }
        assertThat(names())
                .containsExactlyInAnyOrder(
                        "greeter_spool", "greeter_spool-wal", "greeter_spool-shm", "_lock", "mine.spool");
    }

    @Test
    void theLongestNamesCanBePutAsideToo() throws Exception {
        try (FileSink sink = sink("{payload}", bySize(null, Compression.GZIP))) {
            send(sink, "n".repeat(2000));
            send(sink, "n".repeat(2000));
            awaitCompressed(1);
        }
        assertThat(names()).anyMatch(name -> name.getBytes(UTF_8).length == 250);
    }

    @Test
    void aDirectoryThatHasSuchANameIsPassedOver() throws Exception {
        Files.createDirectories(folder.resolve("x.log.20200101T000000.000Z"));
        Files.createDirectories(folder.resolve("x.log.20260304T235958.765Z"));
        assertThat(new RotatedFiles(folder.resolve("x.log")).next(Instant.parse("2026-03-04T23:59:58.765Z")))
                .isEqualTo(folder.resolve("x.log.20260304T235958.766Z"));
        try (FileSink sink = sink("x.log", bySize(1, Compression.GZIP))) {
            send(sink, "1 " + "x".repeat(1024));
            send(sink, "2");
            awaitCompressed(1);
        }
        assertThat(folder.resolve("x.log.20200101T000000.000Z")).isDirectory();
    }

    @Test
    void losesNothingOfManyThreadsAndFiles() throws Exception {
        int threads = 8;
        int messages = 100;
        RotationProperties small = bySize(null, Compression.GZIP);
        try (FileSink sink = new FileSink(properties("{connection}.log", small), 3, Duration.ZERO);
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                String name = "t" + t;
                all.add(executor.submit(() -> {
                    for (int i = 0; i < messages; i++) {
                        assertThat(sink.send(List.of(LineMessage.of(name + "-" + i + " " + "x".repeat(100))
                                                .from("c" + i % 5)))
                                        .failures())
                                .isEmpty();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        List<String> lines = names().stream()
                .flatMap(name -> lines(folder.resolve(name)).stream())
                .map(line -> line.substring(0, line.indexOf(' ')))
                .toList();
        assertThat(lines)
                .containsExactlyInAnyOrderElementsOf(IntStream.range(0, threads * messages)
                        .mapToObj(i -> "t" + i / messages + "-" + i % messages)
                        .toList());
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void whatBelongsToAnotherSinkByAHardLinkIsNotOpenedToBeCompressed() throws Exception {
        Files.writeString(folder.resolve("x.log"), "x".repeat(1024) + "\n");
        Files.createLink(folder.resolve("y.log"), folder.resolve("x.log"));
        Files.createLink(folder.resolve("x.log.20260101T000000.000Z"), folder.resolve("y.log"));
        Files.delete(folder.resolve("x.log"));
        try (FileSink other = raw("y.log");
                FileSink sink = sink("x.log", bySize(null, Compression.GZIP))) {
            send(other, "theirs");
            send(sink, "1" + "x".repeat(1024));
            send(sink, "2");
            awaitCompressed(1);
            assertThat(PosixLock.isHeld(folder.resolve("y.log"))).isTrue();
        }
        assertThat(names()).contains("x.log.20260101T000000.000Z");
    }

    private void awaitKept(int files) {
        await().atMost(PATIENCE).until(() -> ofPath("x.log").size() == files);
    }

    private void awaitCompressed(int files) {
        await().atMost(PATIENCE)
                .until(() ->
                        names().stream().filter(name -> name.endsWith(".gz")).count() == files
                                && names().stream().noneMatch(name -> name.endsWith(".part")));
    }

    private List<String> ofPath(String name) throws IOException {
        return names().stream()
                .filter(one -> one.matches(name.replace(".", "\\.") + STAMP + "(\\.gz)?"))
                .toList();
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    /** What each file's first line begins with. */
    private List<String> firsts(List<String> names) {
        return names.stream()
                .map(name -> lines(folder.resolve(name)).getFirst())
                .map(line -> line.replaceAll("( ?x+)?$", ""))
                .toList();
    }

    private static List<String> lines(Path file) {
        try {
            byte[] bytes = Files.readAllBytes(file);
            if (file.toString().endsWith(".gz")) {
                bytes = new GZIPInputStream(Files.newInputStream(file)).readAllBytes();
            }
            return new String(bytes, UTF_8).lines().toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private static void gzip(Path file, String text) throws IOException {
        try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(text.getBytes(UTF_8));
        }
    }

    private static void send(FileSink sink, String... payloads) throws InterruptedException {
        assertThat(sink.send(Stream.of(payloads).map(LineMessage::of).toList()).complete())
                .isTrue();
    }

    private static RotationProperties bySize(@Nullable Integer keep, Compression compress) {
        return new RotationProperties(DataSize.ofKilobytes(1), null, keep, compress);
    }

    private FileSink raw(String path) {
        return new FileSink(new FileSinkProperties(folder + "/" + path, Format.RAW, null));
    }

    private FileSink sink(String path, RotationProperties rotate) {
        return new FileSink(properties(path, rotate));
    }

    private FileSinkProperties properties(String path, RotationProperties rotate) {
        return new FileSinkProperties(folder + "/" + path, Format.RAW, rotate);
    }
}

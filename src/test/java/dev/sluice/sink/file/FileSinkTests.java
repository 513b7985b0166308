package dev.sluice.sink.file;

import static dev.sluice.sink.CheckedDeclaration.checked;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.awaitility.Awaitility.await;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Fields.UnknownFieldException;
import dev.sluice.sink.DeviceMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.LineMessage;
import dev.sluice.sink.file.FileSinkProperties.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class FileSinkTests {

    @TempDir
    private Path folder;

    @Test
    void appendsEachPayloadAndALineFeedAndMakesDirectories() throws Exception {
        try (FileSink sink = raw("a/b/{listener}-{date}.log")) {
            assertThat(sink.send(List.of(LineMessage.of("one"), LineMessage.of("two")))
                            .complete())
                    .isTrue();
            assertThat(sink.send(List.of(LineMessage.of("three"))).complete()).isTrue();
        }
        assertThat(folder.resolve("a/b/greeter-2026-03-04.log")).hasContent("one\ntwo\nthree\n");
    }

    @Test
    void carriesOnWhereAFileEnds() throws Exception {
        Path file = Files.writeString(folder.resolve("x.log"), "before\n");
        send("x.log", "after");
        assertThat(file).hasContent("before\nafter\n");
    }

    @Test
    void leavesAFileAloneThatAnotherSinkWritesTo() throws Exception {
        try (FileSink first = raw("x.log");
                FileSink second = raw("x.log")) {
            assertThat(first.send(List.of(LineMessage.of("one"))).complete()).isTrue();
            assertThat(second.send(List.of(LineMessage.of("two"))).failure(0))
                    .isEqualTo(Failure.passing("file " + folder.resolve("x.log")
                            + ": another sink writes to it. Give each a path of its own, or use one sink for all"));
            assertThat(first.send(List.of(LineMessage.of("three"))).complete()).isTrue();
        }
        assertThat(folder.resolve("x.log")).hasContent("one\nthree\n");
    }

    /** A lock of POSIX falls when the process closes any descriptor of the file. */
    @ParameterizedTest
    @ValueSource(strings = {"x.log", "hard.log", "symbolic.log", "../in/x.log"})
    @EnabledOnOs(OS.LINUX)
    void aSinkThatComesTooLateDoesNotLetOtherProgramsIn(String path) throws Exception {
        Path file = Files.createFile(Files.createDirectory(folder.resolve("in")).resolve("x.log"));
        Files.createLink(folder.resolve("in/hard.log"), file);
        Files.createSymbolicLink(folder.resolve("in/symbolic.log"), file);
        try (FileSink first = raw("in/x.log")) {
            assertThat(first.send(List.of(LineMessage.of("one"))).complete()).isTrue();
            try (FileSink second = raw("in/" + path)) {
                for (int i = 0; i < 3; i++) {
                    assertThat(second.send(List.of(LineMessage.of("two"))).failure(0))
                            .isNotNull();
                    assertThat(PosixLock.isHeld(file)).isTrue();
                }
            }
            assertThat(PosixLock.isHeld(file)).isTrue();
            assertThat(first.send(List.of(LineMessage.of("three"))).complete()).isTrue();
        }
        assertThat(PosixLock.isHeld(file)).isFalse();
        try (FileSink second = raw("in/" + path)) {
            assertThat(second.send(List.of(LineMessage.of("four"))).complete()).isTrue();
        }
        assertThat(file).hasContent("one\nthree\nfour\n");
    }

    @Test
    void endsALineThatACrashHasTorn() throws Exception {
        Path file = Files.writeString(folder.resolve("x.log"), "before\ntor");
        send("x.log", "after");
        assertThat(file).hasContent("before\ntor\nafter\n");
    }

    @Test
    void writesPayloadsByteForByteHoweverLarge() throws Exception {
        byte[] large = new byte[3_000_000];
        Arrays.fill(large, (byte) 0x80);
        try (FileSink sink = raw("x.log")) {
            sink.send(List.of(LineMessage.of("small"), LineMessage.of(2, large), LineMessage.of("end")));
        }
        assertThat(Files.readString(folder.resolve("x.log"), ISO_8859_1))
                .isEqualTo("small\n" + new String(large, ISO_8859_1) + "\nend\n");
    }

    @Test
    void writesAnEventOfCloudEventsALine() throws Exception {
        try (FileSink sink = sink("x.json", Format.JSON)) {
            sink.send(List.of(
                    LineMessage.of(42, "\"é\"\n\u2028".getBytes(UTF_8)),
                    LineMessage.of(43, new byte[] {(byte) 0xff, 0}),
                    LineMessage.of(44, new byte[0])));
        }
        List<JsonNode> lines = Files.readAllLines(folder.resolve("x.json")).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertThat(lines).hasSize(3);
        assertThat(lines.getFirst()).isEqualTo(JsonMapper.shared().readTree("""
            {"specversion":"1.0","id":"c-7-42","source":"sluice/greeter","type":"dev.sluice.message",
             "time":"2026-03-04T23:59:58.765Z","listener":"greeter","connection":"c-7","sequence":"42",
             "remoteaddress":"192.0.2.9","datacontenttype":"text/plain","data":"\\"é\\"\\n\\u2028"}\
            """));
        assertThat(lines.get(1).get("data_base64").asString()).isEqualTo("/wA=");
        assertThat(lines.get(1).has("data")).isFalse();
        assertThat(lines.get(2).get("data").asString()).isEmpty();
    }

    @Test
    void anEventHasWhatARuleFinds() throws Exception {
        try (FileSink sink = sink("x.json", Format.JSON)) {
            sink.send(List.of(
                    DeviceMessage.of("867")
                            .with("imei", "867")
                            .with("speed", "5")
                            .with("site", null),
                    DeviceMessage.of("\"\n").with("x", "\"\u2028\ud83d\0")));
        }
        List<JsonNode> lines = Files.readAllLines(folder.resolve("x.json")).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst().get("subject").asString()).isEqualTo("867");
        assertThat(lines.getFirst().get("rule").asString()).isEqualTo("position");
        assertThat(lines.getFirst().get("fields"))
                .isEqualTo(JsonMapper.shared().readTree("{\"imei\":\"867\",\"speed\":\"5\"}"));
        assertThat(lines.get(1).get("subject").asString()).isEqualTo("\"_");
        assertThat(lines.get(1).get("fields").get("x").asString()).isEqualTo("\"\u2028?\0");
    }

    @Test
    void whereARuleHasLostAFieldNothingIsWritten() throws Exception {
        try (FileSink sink = raw("{listener}-{imei}.log")) {
            assertThatExceptionOfType(UnknownFieldException.class)
                    .isThrownBy(() -> sink.send(List.of(
                            DeviceMessage.of(null).with("imei", "1"),
                            DeviceMessage.of(null).with("serial", "2"))))
                    .withMessage("no rule of the listener has a field {imei}");
            assertThat(folder).isEmptyDirectory();

            sink.send(List.of(
                    DeviceMessage.of(null).with("imei", "../../1"),
                    DeviceMessage.of(null).with("imei", null)));
        }
        assertThat(folder.resolve("greeter-___.._1.log")).hasContent("payload\n");
        assertThat(folder.resolve("greeter-_.log")).hasContent("payload\n");
    }

    @Test
    void rollsWhenTheDateChangesAmidABatch() throws Exception {
        try (FileSink sink = raw("{date}.log")) {
            sink.send(List.of(LineMessage.of("old"), LineMessage.of("new").at("2026-03-05T00:00:00Z")));
            sink.send(List.of(LineMessage.of("late")));
        }
        assertThat(folder.resolve("2026-03-04.log")).hasContent("old\nlate\n");
        assertThat(folder.resolve("2026-03-05.log")).hasContent("new\n");
    }

    @Test
    void sendsTheMessagesOfABatchEachToItsFile() throws Exception {
        try (FileSink sink = raw("{connection}/{payload}.log")) {
            sink.send(List.of(
                    LineMessage.of("a"),
                    LineMessage.of("b"),
                    LineMessage.of("a"),
                    LineMessage.of("a").from("c-8")));
        }
        assertThat(folder.resolve("c-7/a.log")).hasContent("a\na\n");
        assertThat(folder.resolve("c-7/b.log")).hasContent("b\n");
        assertThat(folder.resolve("c-8/a.log")).hasContent("a\n");
    }

    @Test
    void aFileThatFailsFailsAloneAndWithAReasonInOneLine() throws Exception {
        Files.createDirectory(folder.resolve("taken"));
        try (FileSink sink = raw("{payload}")) {
            Confirmation<Failure> confirmation =
                    sink.send(List.of(LineMessage.of("a"), LineMessage.of("taken"), LineMessage.of("b")));
            assertThat(confirmation.failure(0)).isNull();
            assertThat(confirmation.failure(1))
                    .isEqualTo(Failure.passing("file " + folder.resolve("taken") + ": not a regular file"));
            assertThat(confirmation.failure(2)).isNull();
        }
        assertThat(folder.resolve("b")).hasContent("b\n");
    }

    @Test
    void worksAgainOnceWhatWasInTheWayIsGone() throws Exception {
        Path inTheWay = Files.writeString(folder.resolve("dir"), "");
        try (FileSink sink = raw("dir/x.log")) {
            Failure failure = sink.send(List.of(LineMessage.of("1"))).failure(0);
            assertThat(failure).isNotNull();
            assertThat(failure.poison()).isFalse();
            assertThat(failure.reason()).contains("is a file where a directory should be");
            Files.delete(inTheWay);
            assertThat(sink.send(List.of(LineMessage.of("2"))).complete()).isTrue();
        }
        assertThat(folder.resolve("dir/x.log")).hasContent("2\n");
    }

    @Test
    void opensAnewWhatWasMovedOrDeleted() throws Exception {
        try (FileSink sink = raw("x.log")) {
            sink.send(List.of(LineMessage.of("1")));
            Files.move(folder.resolve("x.log"), folder.resolve("x.log.1"));
            awaitNewFile(sink);
            Files.delete(folder.resolve("x.log"));
            awaitNewFile(sink);
        }
        assertThat(Files.readAllLines(folder.resolve("x.log.1"))).first().isEqualTo("1");
        assertThat(folder.resolve("x.log")).hasContent("again\n");
    }

    private void awaitNewFile(FileSink sink) {
        await().until(() -> {
            sink.send(List.of(LineMessage.of("again")));
            return Files.exists(folder.resolve("x.log"));
        });
    }

    @Test
    void carriesOnAtTheEndOfAFileThatWasTruncated() throws Exception {
        try (FileSink sink = raw("x.log")) {
            sink.send(List.of(LineMessage.of("a long first line")));
            Files.writeString(folder.resolve("x.log"), "");
            sink.send(List.of(LineMessage.of("2")));
        }
        assertThat(folder.resolve("x.log")).hasContent("2\n");
    }

    @Test
    void losesNothingOfManyThreadsAndKeepsTheOrderOfEach() throws Exception {
        int threads = 32;
        int rounds = 50;
        try (FileSink sink = raw("x.log");
                var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> all = new ArrayList<>();
            for (int t = 0; t < threads; t++) {
                String name = "t" + t + " ";
                all.add(executor.submit(() -> {
                    for (int i = 0; i < rounds; i++) {
                        var batch = List.of(LineMessage.of(name + 2 * i), LineMessage.of(name + (2 * i + 1)));
                        assertThat(sink.send(batch).complete()).isTrue();
                    }
                    return null;
                }));
            }
            for (Future<?> one : all) {
                one.get();
            }
        }
        var byThread = Files.readAllLines(folder.resolve("x.log")).stream()
                .collect(Collectors.groupingBy(line -> line.substring(0, line.indexOf(' '))));
        assertThat(byThread).hasSize(threads);
        byThread.forEach((name, lines) -> assertThat(lines)
                .isEqualTo(IntStream.range(0, 2 * rounds)
                        .mapToObj(i -> name + " " + i)
                        .toList()));
    }

    @Test
    void anInterruptOfOneThreadHarmsNoOther() throws Exception {
        AtomicInteger confirmed = new AtomicInteger();
        try (FileSink sink = raw("x.log")) {
            List<Thread> threads = IntStream.range(0, 8)
                    .mapToObj(t -> Thread.ofVirtual().start(() -> {
                        for (int i = 0; i < 100; i++) {
                            try {
                                if (i % 10 == 0) {
                                    Thread.currentThread().interrupt();
                                }
                                assertThat(sink.send(List.of(LineMessage.of("line")))
                                                .complete())
                                        .isTrue();
                                confirmed.incrementAndGet();
                            } catch (InterruptedException ex) {
                                // Flag cleared: on with the next.
                            }
                        }
                    }))
                    .toList();
            for (Thread thread : threads) {
                thread.join();
            }
        }
        assertThat(confirmed).hasValue(8 * 90);
        assertThat(Files.readAllLines(folder.resolve("x.log"))).hasSize(8 * 90).containsOnly("line");
    }

    @Test
    void holdsOnlySoManyFilesOpenHoweverManyPeersName() throws Exception {
        OpenFiles files = new OpenFiles(FileSinkTests::file, 3, Duration.ofMinutes(1));
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < 10; i++) {
                String path = folder.resolve(i + ".log").toString();
                AppendedFile file = files.use(path);
                assertThat(file.append(List.of(LineMessage.of("round " + round))))
                        .isNull();
                files.release(path);
                assertThat(files.count()).isLessThanOrEqualTo(3);
            }
        }
        files.close();
        for (int i = 0; i < 10; i++) {
            assertThat(folder.resolve(i + ".log")).hasContent("round 0\nround 1\n");
        }
    }

    @Test
    void aThreadWaitsWhileAllFilesThatMayBeOpenAreInUse() throws Exception {
        OpenFiles files = new OpenFiles(FileSinkTests::file, 1, Duration.ofMinutes(1));
        files.use("one");
        Thread other = Thread.ofVirtual().start(() -> {
            try {
                files.use("other");
                files.release("other");
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        });
        await().until(() -> other.getState() == Thread.State.WAITING);
        files.release("one");
        assertThat(other.join(Duration.ofSeconds(20))).isTrue();
        assertThat(files.count()).isOne();
    }

    @Test
    void closesAtTheNextCallWhatWasIdle() throws Exception {
        OpenFiles files = new OpenFiles(FileSinkTests::file, 64, Duration.ZERO);
        files.use("one");
        files.release("one");
        files.use("two");
        files.release("two");
        assertThat(files.count()).isOne();
    }

    @Test
    void aPeerCannotLeaveTheDirectory() throws Exception {
        try (FileSink sink = raw("in/{payload}.log")) {
            for (String hostile : List.of("../../etc/passwd", "/etc/passwd", "..", ".", "", "a\0b", "x\\y")) {
                assertThat(sink.send(List.of(LineMessage.of(hostile))).complete())
                        .isTrue();
            }
        }
        try (Stream<Path> files = Files.walk(folder).filter(Files::isRegularFile)) {
            assertThat(files.map(file -> folder.relativize(file).toString()))
                    .containsExactlyInAnyOrder(
                            "in/___.._etc_passwd.log",
                            "in/_etc_passwd.log",
                            "in/__.log",
                            "in/_.log",
                            "in/a_b.log",
                            "in/x_y.log");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "logs/", "{nonsense.log", "x\0.log"})
    void aPathThatCannotBeIsRefusedNamingItsKey(String path) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new FileSink(checked("archive.file", new FileSinkProperties(path, Format.RAW, null))))
                .withMessageStartingWith("sluice.sinks.archive.file.path: ");
    }

    private static AppendedFile file(String path) {
        return new AppendedFile(Path.of(path), LineFormat.RAW, null);
    }

    private void send(String path, String payload) throws Exception {
        try (FileSink sink = raw(path)) {
            assertThat(sink.send(List.of(LineMessage.of(payload))).complete()).isTrue();
        }
    }

    private FileSink raw(String path) throws IOException {
        return sink(path, Format.RAW);
    }

    private FileSink sink(String path, Format format) {
        return new FileSink(new FileSinkProperties(folder + "/" + path, format, null));
    }
}

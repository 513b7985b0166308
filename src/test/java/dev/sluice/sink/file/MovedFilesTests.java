package dev.sluice.sink.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sink.LineMessage;
import dev.sluice.sink.file.FileSinkProperties.Format;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that other programs move, compress, remove and cut while they are written to. */
@DisabledOnOs(OS.WINDOWS)
class MovedFilesTests {

    private static final int TIMES = 40;
    private static final int THREADS = 4;

    @TempDir
    private Path folder;

    @Test
    void whatComesAfterAMoveIsInTheFileOfThePathAtOnce() throws Exception {
        try (FileSink sink = sink("x.log")) {
            send(sink, "1");
            Files.move(folder.resolve("x.log"), folder.resolve("x.log.1"));
            send(sink, "2");
            Files.delete(folder.resolve("x.log"));
            send(sink, "3");
        }
        assertThat(folder.resolve("x.log.1")).content().startsWith("1\n");
        assertThat(folder.resolve("x.log")).hasContent("3\n");
    }

    @Test
    void aGroupThatWentIntoAMovedFileIsWrittenAgain() throws Exception {
        Path path = folder.resolve("x.log");
        LockedFile file = LockedFile.open(path);
        Files.move(path, folder.resolve("x.log.1"));
        assertThat(file.append(List.of(List.of(LineMessage.of("1"))), LineFormat.RAW))
                .isFalse();
        Files.writeString(path, "another\n");
        assertThat(file.append(List.of(List.of(LineMessage.of("2"))), LineFormat.RAW))
                .isFalse();
        file.close();
        assertThat(path).hasContent("another\n");
    }

    @Test
    void goesOnInAFileThatSomebodyPutThere() throws Exception {
        try (FileSink sink = sink("x.log")) {
            send(sink, "1");
            Files.move(folder.resolve("x.log"), folder.resolve("x.log.1"));
            Files.writeString(folder.resolve("x.log"), "theirs\n");
            send(sink, "2");
        }
        assertThat(folder.resolve("x.log")).hasContent("theirs\n2\n");
    }

    @Test
    void followsASymbolicLinkThatLeadsElsewhere() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("x.log"), Path.of("one.log"));
        try (FileSink sink = sink("x.log")) {
            send(sink, "1");
            Files.delete(link);
            Files.createSymbolicLink(link, Path.of("two.log"));
            send(sink, "2");
        }
        assertThat(folder.resolve("one.log")).content().startsWith("1\n");
        assertThat(folder.resolve("two.log")).hasContent("2\n");
    }

    /**
     * By the shell, which does not wait between one and the next; in each case all that ever had a name still has one.
     */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "mv x.log x.$N && gzip -q x.$N",
                "mv x.log x.$N && : >> x.log && gzip -q x.$N",
                "ln x.log x.$N && rm x.log",
            })
    void whatIsConfirmedIsInAFileThatHasAName(String command) throws Exception {
        Queue<String> confirmed = new ConcurrentLinkedQueue<>();
        AtomicBoolean done = new AtomicBoolean();
        try (FileSink sink = sink("x.log")) {
            List<Thread> threads = new ArrayList<>();
            for (int t = 0; t < THREADS; t++) {
                String name = "t" + t + "-";
                threads.add(Thread.ofVirtual().start(() -> {
                    for (int i = 0; !done.get(); i++) {
                        if (isConfirmed(sink, name + i)) {
                            confirmed.add(name + i);
                        }
                    }
                }));
            }
            int moved = shell("for N in $(seq " + TIMES + "); do until [ -s x.log ]; do :; done; " + command
                    + " || exit 1; done");
            done.set(true);
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(moved).isZero();
        }
        shell("gunzip -q *.gz");
        Set<String> missing = new TreeSet<>(confirmed);
        try (Stream<Path> files = Files.list(folder).filter(Files::isRegularFile)) {
            for (Path file : files.toList()) {
                Files.readAllLines(file).forEach(missing::remove);
            }
        }
        assertThat(confirmed).hasSizeGreaterThan(TIMES);
        assertThat(missing).as("confirmed, and in no file").isEmpty();
    }

    @Test
    void aFileThatWasCutHasNoHoleAndIsToldOf() throws Exception {
        Path path = folder.resolve("x.log");
        LockedFile file = LockedFile.open(path);
        assertThat(file.append(List.of(List.of(LineMessage.of("a long line"))), LineFormat.RAW))
                .isTrue();
        shell(": > x.log");
        assertThat(file.append(List.of(List.of(LineMessage.of("2"))), LineFormat.RAW))
                .isTrue();
        file.close();
        assertThat(path).hasContent("2\n");
    }

    @Test
    void aGroupThatWasCutOffBeforeItWasConfirmedIsWrittenAgain() throws Exception {
        Path path = folder.resolve("x.log");
        LockedFile file = LockedFile.open(path);
        LineFormat cutting = (messages, out) -> {
            LineFormat.RAW.write(messages, out);
            out.flush();
            Files.writeString(path, "");
        };
        assertThat(file.append(List.of(List.of(LineMessage.of("1"))), cutting)).isFalse();
        assertThat(file.append(List.of(List.of(LineMessage.of("1"))), LineFormat.RAW))
                .isTrue();
        file.close();
        assertThat(path).hasContent("1\n");
    }

    @Test
    void aFileThatIsAlwaysMovedFailsWithAReason() throws Exception {
        LineFormat moving = (messages, out) -> {
            LineFormat.RAW.write(messages, out);
            Files.deleteIfExists(folder.resolve("x.log"));
        };
        AppendedFile file = new AppendedFile(folder.resolve("x.log"), moving, null);
        assertThat(file.append(List.of(LineMessage.of("1"))))
                .isEqualTo("file " + folder.resolve("x.log")
                        + ": another program moves it away faster than it can be written");
    }

    private static boolean isConfirmed(FileSink sink, String line) {
        try {
            return sink.send(List.of(LineMessage.of(line))).complete();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private int shell(String script) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", script)
                .directory(folder.toFile())
                .inheritIO()
                .start()
                .waitFor();
    }

    private static void send(FileSink sink, String payload) throws InterruptedException {
        assertThat(sink.send(List.of(LineMessage.of(payload))).complete()).isTrue();
    }

    private FileSink sink(String path) {
        return new FileSink(new FileSinkProperties(folder + "/" + path, Format.RAW, null));
    }
}

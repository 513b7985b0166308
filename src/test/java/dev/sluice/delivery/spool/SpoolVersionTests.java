package dev.sluice.delivery.spool;

import static dev.sluice.delivery.spool.SpoolFolder.message;
import static dev.sluice.delivery.spool.SpoolFolder.origin;
import static dev.sluice.delivery.spool.SpoolFolder.waiting;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.message.Envelope;
import dev.sluice.sink.RuledMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of the first version, as the last release that wrote it left them, closed or killed: of 36 messages, which sink
 * {@code upstream} has not had yet, every third is a dead letter of sink {@code hook}.
 */
class SpoolVersionTests {

    private static final List<String> SINKS = List.of("hook", "upstream");

    private static SpoolFolder firstVersion(String found) throws IOException {
        SpoolFolder folder = SpoolFolder.create();
        Path from = Path.of("src/test/resources/spool/version-1", found);
        for (String suffix : List.of("", "-wal")) {
            Path file = from.resolve(SpoolFolder.LISTENER + ".spool" + suffix);
            if (Files.exists(file)) {
                Files.copy(file, folder.file(suffix));
            }
        }
        return folder;
    }

    private static List<String> texts(List<? extends Envelope> messages) {
        return messages.stream()
                .map(message -> new String(message.getPayload(), UTF_8))
                .toList();
    }

    private static int version(SpoolFolder folder) throws Exception {
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.file(""));
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("pragma user_version")) {
            return row.getInt(1);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"closed", "killed"})
    void aFileOfTheFirstVersionIsServedAndBecomesOneOfTheSecond(String found) throws Exception {
        try (SpoolFolder folder = firstVersion(found)) {
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                assertThat(spool.state().damaged()).isEmpty();
                assertThat(spool.inherited())
                        .isEqualTo(new Inherited(
                                36,
                                java.util.Map.of(
                                        "hook", new Inherited.Share(36, 0, 0, 12),
                                        "upstream", new Inherited.Share(36, 36, 0, 0))));
                List<String> waiting = texts(waiting(spool, "upstream"));
                assertThat(waiting).hasSize(36).startsWith("good c0 m1.0 ").endsWith("bad c2 m4.2 " + "x".repeat(60));
                assertThat(spool.queries().deadLetters("hook", 0, 10_000))
                        .hasSize(12)
                        .allSatisfy(letter -> {
                            assertThat(letter.reason()).isEqualTo("HTTP 404");
                            assertThat(new String(letter.message().getPayload(), UTF_8))
                                    .isEqualTo(waiting.get((int) letter.position()));
                        });
                assertThat(spool.append(List.of(message(origin("new"), 1, "new")), false)
                                .get())
                        .isEqualTo(36);
                spool.acknowledge("upstream", 30, List.of(), List.of()).get();
            }
            assertThat(version(folder)).isEqualTo(2);
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                assertThat(texts(waiting(spool, "upstream"))).hasSize(7).endsWith("new");
                assertThat(spool.queries().deadLetters("hook", 0, 10_000)).hasSize(12);
            }
            try (var files = Files.list(folder.path())) {
                assertThat(files.map(file -> file.getFileName().toString()))
                        .containsExactlyInAnyOrder("orders.spool", ".lock");
            }
        }
    }

    @Test
    void whatIsWholeOfADamagedFileOfTheFirstVersionIsServed() throws Exception {
        try (SpoolFolder folder = firstVersion("closed")) {
            byte[] bytes = Files.readAllBytes(folder.file(""));
            int at = new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1).indexOf("good c1 m2.1");
            bytes[at] ^= 1;
            Files.write(folder.file(""), bytes);
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                assertThat(spool.state().damaged()).hasSize(1);
                assertThat(texts(waiting(spool, "upstream")))
                        .hasSizeBetween(25, 35)
                        .noneMatch(text -> text.contains("c1 m2.1"))
                        .anyMatch(text -> text.startsWith("bad c2 m4.2"));
                assertThat(spool.queries().deadLetters("hook", 0, 10_000)).hasSize(12);
            }
            assertThat(version(folder)).isEqualTo(2);
        }
    }

    @Test
    void aFileOfANewerVersionIsRefusedInOneSentence() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create()) {
            folder.open(SINKS, 1 << 30).close();
            try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + folder.file(""));
                    Statement statement = connection.createStatement()) {
                statement.execute("pragma user_version=4");
                statement.execute("update cursor set checksum = 7 where sink = ''");
            }
            byte[] before = Files.readAllBytes(folder.file(""));
            assertThatThrownBy(() -> folder.open(SINKS, 1 << 30))
                    .isInstanceOf(SpoolException.class)
                    .hasMessageContaining("orders.spool: was written by a newer Sluice (version 4 of the file; this one"
                            + " reads up to 3)");
            assertThat(Files.readAllBytes(folder.file(""))).isEqualTo(before);
        }
    }

    @Test
    void aFileSaysThatMessagesOfARowTakeDifferentRoutesUntilNoneWaits() throws Exception {
        try (SpoolFolder folder = SpoolFolder.create()) {
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                spool.append(List.of(message(origin("c"), 1, "all")), false).get();
                Envelope one = new RuledMessage(message(origin("c"), 2, "hook"), List.of("hook"));
                spool.append(List.of(one, one), false).get();
            }
            assertThat(version(folder)).isEqualTo(2);
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                Envelope one = new RuledMessage(message(origin("c"), 3, "hook"), List.of("hook"));
                Envelope other = new RuledMessage(message(origin("c"), 4, "upstream"), List.of("upstream"));
                spool.append(List.of(one, other), false).get();
                assertThat(version(folder)).isEqualTo(3);
            }
            assertThat(version(folder)).isEqualTo(3);
            try (Spool spool = folder.open(SINKS, 1 << 30)) {
                assertThat(spool.state().damaged()).isEmpty();
                assertThat(spool.inherited())
                        .isEqualTo(new Inherited(
                                5,
                                java.util.Map.of(
                                        "hook", new Inherited.Share(4, 4, 0, 0),
                                        "upstream", new Inherited.Share(2, 2, 0, 0))));
                spool.acknowledge("hook", 5, List.of(), List.of()).get();
                spool.acknowledge("upstream", 5, List.of(), List.of()).get();
            }
            assertThat(version(folder)).isEqualTo(2);
            folder.open(SINKS, 1 << 30).close();
        }
    }

    @Test
    void blocksOfTypesThatAreNotKnownArePassedOverAndAMessageMayNameARouteOfItsOwn() {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        content.write(2); // version
        content.write(2 << 4 | 1 | 2 | 8); // the first of its stream, an origin, a time, blocks
        text(content, "conn");
        text(content, "conn");
        content.write(7);
        block(content, new byte[] {127, 0, 0, 1});
        content.write(2); // blocks of the origin
        content.write(9);
        text(content, "identity");
        content.write(100);
        text(content, "");
        content.write(5); // time
        content.write(1); // blocks of the message
        content.write(77);
        text(content, "fields");
        text(content, "one");
        content.write(2 << 4 | 4); // another route
        content.write(3);
        text(content, "two");
        StoredBatch batch = new StoredBatch(10, 2, 1, 0, 5, content.toByteArray());
        assertThat(batch.messages("orders", 0, route -> true))
                .extracting(SpooledMessage::position, SpooledMessage::route, Envelope::sequence, Envelope::receivedAt)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(10L, 1, 1L, 5L),
                        org.assertj.core.api.Assertions.tuple(11L, 3, 2L, 5L));
        assertThat(texts(batch.messages("orders", 0, route -> route == 1))).containsExactly("one");
        assertThat(texts(batch.messages("orders", 11, route -> true))).containsExactly("two");
    }

    private static void text(ByteArrayOutputStream content, String text) {
        block(content, text.getBytes(UTF_8));
    }

    private static void block(ByteArrayOutputStream content, byte[] block) {
        content.write(block.length);
        content.writeBytes(block);
    }
}

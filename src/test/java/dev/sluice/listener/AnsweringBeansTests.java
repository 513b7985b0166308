package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.extension.Answer;
import dev.sluice.extension.SluiceHeaders;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.messaging.handler.annotation.Header;

/** What beans say by an {@link Answer}. */
@Timeout(120)
final class AnsweringBeansTests {

    private static final String ARCHIVE = "sinks.archive.file: { path: \"%s/archive.log\", format: json }";

    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    static class Extension {

        @Bean
        Clerk clerk() {
            return new Clerk();
        }

        @Bean
        Reader reader() {
            return new Reader();
        }
    }

    /** Does what a message says. */
    static final class Clerk {

        public Answer take(
                String order, @Header(name = SluiceHeaders.IDENTITY, required = false) @Nullable String identity) {
            String[] words = order.split(" ", -1);
            return switch (words[0]) {
                case "login" ->
                    Answer.text("hello " + words[1]).withIdentity(words[1]).quiet();
                case "note" ->
                    Answer.text("ok " + identity).withField(words[1], words[2] + (words[1].equals("value") ? "!" : ""));
                case "bye" -> Answer.bytes(new byte[] {'b', 'y', 'e'}).closing();
                case "hush" -> Answer.none();
                case "keep" -> Answer.none().withIdentity("A").withField("a", "2");
                default -> throw new IllegalArgumentException("no such order");
            };
        }
    }

    /** Tells as whom it knows the peer. */
    static final class Reader {

        public String take(
                byte[] message, @Header(name = SluiceHeaders.IDENTITY, required = false) @Nullable String identity) {
            return String.valueOf(identity);
        }
    }

    private RunningSluice start(String listener) {
        return start("tcp", listener, ARCHIVE.formatted(folder));
    }

    private RunningSluice start(String transport, String listener, String sinks) {
        return RunningSluice.with("""
            sluice:
              data-directory: "%s/data"
              listeners.port:
                %s: { address: 127.0.0.1, port: 0 }
            %s
              %s
            """.formatted(folder, transport, listener.indent(4), sinks), Extension.class);
    }

    private List<String> archive(int lines) throws IOException {
        return archive("archive.log", lines);
    }

    private List<String> archive(String name, int lines) throws IOException {
        Path file = folder.resolve(name);
        await().until(() -> Files.exists(file) && Files.readAllLines(file).size() >= lines);
        return Files.readAllLines(file);
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    @ParameterizedTest
    @ValueSource(strings = {"durable", "direct"})
    void sayWhoSentAMessageWhatIsInItAndWhatBecomesOfIt(String mode) throws Exception {
        try (RunningSluice sluice = start("""
            reply: { type: bean, bean: clerk, on-failure: "ERR {reason}" }
            sinks: [archive]
            delivery.mode: %s
            """.formatted(mode))) {
            assertThat(sluice.converse(
                            "port",
                            "note a 1\nlogin A\nnote b 2\nhush\nlogin B\nnote c 3\nwhat\nnote c-d 4\nbye\nhush\n"))
                    .isEqualTo("ok null\nhello A\nok A\nhello B\nok B\nERR no such order\nok B\nbye\n");

            List<String> archived = archive(6);
            assertThat(archived).hasSize(6);
            assertThat(archived.get(0)).contains("\"fields\":{\"a\":\"1\"}").doesNotContain("subject");
            assertThat(archived.get(1)).contains("\"fields\":{\"b\":\"2\"}", "\"subject\":\"A\"");
            assertThat(archived.get(2))
                    .contains("\"data\":\"hush\"", "\"subject\":\"A\"")
                    .doesNotContain("fields");
            assertThat(archived.get(3)).contains("\"fields\":{\"c\":\"3\"}", "\"subject\":\"B\"");
            assertThat(archived.get(4)).contains("\"fields\":{\"c-d\":\"4\"}", "\"subject\":\"B\"");
            assertThat(archived.get(5)).contains("\"data\":\"bye\"");
            assertThat(sluice.traffic("port").quiet.sum()).isEqualTo(2);
            assertThat(sluice.traffic("port").failed.sum()).isEqualTo(1);
            await().untilAsserted(() -> assertThat(
                            sluice.traffic("port").closed(Reason.Closed.RULE).sum())
                    .isEqualTo(1));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"durable", "direct"})
    void addToWhatRulesFind(String mode) throws Exception {
        try (RunningSluice sluice =
                start("tcp", """
                    rules:
                      - name: notes
                        match.text: "note {name} {value}"
                        reply.bean: clerk
                      - match.text: "hello {name}"
                        identify: "{name}"
                        reply.bean: reader
                      - match.text: "who"
                    reply: { type: bean, bean: reader }
                    sinks: [archive]
                    delivery.mode: %s
                    """.formatted(mode), """
                        sinks.archive.file: { path: "%s/archive{color}{missing}.log", format: json }
                        """.formatted(folder).strip())) {
            assertThat(sluice.converse("port", "note color red\nnote value 7\nhello A\nwho\nhello B\nelse\n"))
                    .isEqualTo("ok null\nok null\nA\nA\nB\nB\n");
            // "note value 7" has two fields of one name: the bean's is the one that counts.
            assertThat(archive("archivered_.log", 1))
                    .singleElement(STRING)
                    .contains(
                            "\"rule\":\"notes\"",
                            "\"fields\":{\"name\":\"color\",\"value\":\"red\",\"color\":\"red\"}");
            List<String> others = archive("archive__.log", 5);
            assertThat(others.get(0)).contains("\"fields\":{\"name\":\"value\",\"value\":\"7!\"}");
            assertThat(others.get(1)).contains("\"rule\":\"2\"", "\"subject\":\"A\"");
            assertThat(others.get(4))
                    .contains("\"data\":\"else\"", "\"subject\":\"B\"")
                    .doesNotContain("rule", "fields");
        }
    }

    @Test
    void identifyWhereThatIsRequired() throws Exception {
        try (RunningSluice sluice = start("""
            reply: { type: bean, bean: clerk, on-failure: "ERR {reason}" }
            identity.required: true
            """)) {
            assertThat(sluice.converse("port", "login A\nnote a 1\n")).isEqualTo("hello A\nok A\n");
            assertThat(sluice.converse("port", "note a 1\nlogin A\n")).isEmpty();
            assertThat(sluice.converse("port", "what\nlogin A\n")).isEqualTo("ERR no such order\n");
            await().untilAsserted(() -> assertThat(sluice.traffic("port")
                            .closed(Reason.Closed.UNIDENTIFIED)
                            .sum())
                    .isEqualTo(2));
        }
    }

    @Test
    void areNotAskedByWhomNobodyKnowsIfTheyCouldNotTell() throws Exception {
        try (RunningSluice sluice = start("""
            reply: { type: bean, bean: reader }
            rules:
              - match.text: "login {name}"
                identify: "{name}"
            identity.required: true
            """)) {
            assertThat(sluice.converse("port", "login A\nwhatever\n")).isEqualTo("A\nA\n");
            assertThat(sluice.converse("port", "whatever\n")).isEmpty();
        }
    }

    @Test
    void cannotSayWhoIsConnectedAlreadyIfThatIsRefused() throws Exception {
        try (RunningSluice sluice = start("""
            reply: { type: bean, bean: clerk }
            identity: { twice: refuse, refused-hex: "4E 4F" }
            """);
                Socket first = sluice.connect("port")) {
            send(first, "login A\n");
            assertThat(first.getInputStream().readNBytes(8)).asString(UTF_8).isEqualTo("hello A\n");
            assertThat(sluice.converse("port", "note a 1\nlogin A\nnote b 2\n")).isEqualTo("ok null\nNO\n");
            await().untilAsserted(() -> assertThat(
                            sluice.traffic("port").closed(Reason.Closed.REFUSED).sum())
                    .isEqualTo(1));
            send(first, "note a 1\n");
            assertThat(first.getInputStream().readNBytes(5)).asString(UTF_8).isEqualTo("ok A\n");
        }
    }

    @Test
    void takeTheFirstConnectionFromADeviceThatConnectsTwice() throws Exception {
        try (RunningSluice sluice = start("reply: { type: bean, bean: clerk }\nidentity.twice: replace\n");
                Socket first = sluice.connect("port");
                Socket second = sluice.connect("port")) {
            send(first, "login A\n");
            assertThat(first.getInputStream().readNBytes(8)).asString(UTF_8).isEqualTo("hello A\n");
            send(second, "login A\n");
            assertThat(second.getInputStream().readNBytes(8)).asString(UTF_8).isEqualTo("hello A\n");
            assertThat(first.getInputStream().read()).isNegative();
        }
    }

    @Test
    void sayWhoSentADatagramAndNoOther() throws Exception {
        try (RunningSluice sluice = start("udp", """
            rules: [{ match.text: "who{*}", reply.bean: reader }]
            reply: { type: bean, bean: clerk }
            sinks: [archive]
            """, """
                sinks.archive.file: { path: "%s/archive{identity}{a}.log" }
                """.formatted(folder).strip());
                DatagramSocket device = new DatagramSocket()) {
            sluice.sendDatagram(device, "port", "login A".getBytes(UTF_8));
            assertThat(RunningSluice.receiveDatagram(device)).asString(UTF_8).isEqualTo("hello A");
            sluice.sendDatagram(device, "port", "note a 1".getBytes(UTF_8));
            assertThat(RunningSluice.receiveDatagram(device)).asString(UTF_8).isEqualTo("ok null");
            sluice.sendDatagram(device, "port", "who is it".getBytes(UTF_8));
            assertThat(RunningSluice.receiveDatagram(device)).asString(UTF_8).isEqualTo("null");
            sluice.sendDatagram(device, "port", "keep".getBytes(UTF_8));
            assertThat(archive("archive_1.log", 1)).containsExactly("note a 1");
            assertThat(archive("archive__.log", 1)).containsExactly("who is it");
            assertThat(archive("archiveA2.log", 1)).containsExactly("keep");
        }
    }
}

package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.GlobalChannelInterceptor;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.GenericMessage;
import org.springframework.messaging.support.MessageBuilder;

/** What an interceptor of a listener's channel may do with a message, and what becomes of it then. */
final class InterceptedMessagesTests {

    @TempDir
    private static Path folder;

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              data-directory: %1$s/data
              sinks.lines.file.path: "%1$s/{listener}.log"
              defaults.reply.type: echo
              listeners:
                kept: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [lines], reply.on-failure: "ERR {reason}" }
                direct: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [lines], delivery.mode: direct, reply.on-failure: "ERR {reason}" }
                handled: { tcp: { address: 127.0.0.1, port: 0 }, reply.on-failure: "ERR {reason}" }
                datagrams: { udp: { address: 127.0.0.1, port: 0, max-reply-factor: 100 }, sinks: [lines], reply.on-failure: "ERR {reason}" }
                terse: { tcp: { address: 127.0.0.1, port: 0 } }
            """.formatted(folder), Interceptors.class);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Configuration(proxyBeanMethods = false)
    static class Interceptors {

        @Bean
        @GlobalChannelInterceptor(patterns = "*.inbound")
        ChannelInterceptor commanded() {
            return new Commanded();
        }
    }

    /** Does with a message what its first word says. */
    private static final class Commanded implements ChannelInterceptor {

        @Override
        public Message<?> preSend(Message<?> message, MessageChannel channel) {
            String text = new String((byte[]) message.getPayload(), UTF_8);
            return switch (text.split(" ")[0]) {
                case "bare" -> new GenericMessage<>(upper(text));
                case "copied" ->
                    MessageBuilder.withPayload(upper(text))
                            .copyHeaders(message.getHeaders())
                            .build();
                case "text" -> new GenericMessage<>(text);
                case "refuse" -> null;
                case "throw" -> throw new IllegalStateException("not today");
                case "twice" -> {
                    channel.send(message);
                    yield message;
                }
                default -> message;
            };
        }

        @Override
        public void postSend(Message<?> message, MessageChannel channel, boolean sent) {
            if (new String((byte[]) message.getPayload(), UTF_8).startsWith("late")) {
                throw new IllegalStateException("too late");
            }
        }

        private static byte[] upper(String text) {
            return text.toUpperCase(Locale.ROOT).getBytes(UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kept", "direct", "handled"})
    void whatTakesAMessagesPlaceIsAnsweredDeliveredAndCounted(String listener) throws IOException {
        Counts before = Counts.of(listener);
        try (Socket socket = sluice.connect(listener)) {
            assertThat(exchange(socket, "bare one\nplain two\ncopied three\nlate four\n", 4))
                    .isEqualTo("BARE ONE\nplain two\nCOPIED THREE\nlate four\n");
        }

        if (!listener.equals("handled")) {
            assertFile(listener, "BARE ONE\nplain two\nCOPIED THREE\nlate four\n");
        }
        assertThat(Counts.of(listener).since(before)).isEqualTo(new Counts(4, 4, 0, 0));
    }

    @ParameterizedTest
    @ValueSource(strings = {"kept", "direct", "handled"})
    void aMessageThatIsNotLetThroughIsDroppedAndTheConnectionGoesOn(String listener) throws IOException {
        Counts before = Counts.of(listener);
        try (Socket socket = sluice.connect(listener)) {
            assertThat(exchange(socket, "refuse me\nbut not me\n", 2)).isEqualTo("ERR refused\nbut not me\n");
        }
        assertThat(Counts.of(listener).since(before)).isEqualTo(new Counts(2, 1, 0, 1));
    }

    @Test
    void withoutAnAnswerForFailuresAMessageThatIsNotLetThroughHasNoAnswer() throws IOException {
        try (Socket socket = sluice.connect("terse")) {
            assertThat(exchange(socket, "refuse me\nbut not me\n", 1)).isEqualTo("but not me\n");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"kept", "direct", "handled"})
    void anInterceptorThatFailsFailsTheMessageWithASentence(String listener) throws IOException {
        Counts before = Counts.of(listener);
        try (Socket socket = sluice.connect(listener)) {
            assertThat(exchange(socket, "text\nthrow\nfine\n", 3))
                    .isEqualTo("ERR an interceptor of '" + listener + ".inbound' replaced the message by a"
                            + " java.lang.String; its payload has to be a byte[]\nERR not today\nfine\n");
        }
        assertThat(Counts.of(listener).since(before)).isEqualTo(new Counts(3, 1, 2, 0));
    }

    @Test
    void oneMessageIsNeverMadeTwo() throws IOException {
        Counts before = Counts.of("handled");
        try (Socket socket = sluice.connect("handled")) {
            assertThat(exchange(socket, "twice\nfine\n", 2)).endsWith("fine\n");
        }
        assertThat(Counts.of("handled").since(before).received()).isEqualTo(2);
    }

    @Test
    void datagramsAreNoDifferent() throws IOException {
        Counts before = Counts.of("datagrams");
        try (DatagramSocket peer = new DatagramSocket()) {
            assertThat(exchange(peer, "bare one")).isEqualTo("BARE ONE");
            assertThat(exchange(peer, "refuse me")).isEqualTo("ERR refused");
            assertThat(exchange(peer, "throw")).isEqualTo("ERR not today");
            assertThat(exchange(peer, "text")).startsWith("ERR an interceptor of 'datagrams.inbound' replaced");
            assertThat(exchange(peer, "plain two")).isEqualTo("plain two");
        }
        assertFile("datagrams", "BARE ONE\nplain two\n");
        await().untilAsserted(
                        () -> assertThat(Counts.of("datagrams").since(before)).isEqualTo(new Counts(5, 2, 2, 1)));
    }

    private static String exchange(Socket socket, String lines, int answers) throws IOException {
        socket.getOutputStream().write(lines.getBytes(UTF_8));
        BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < answers; i++) {
            all.append(in.readLine()).append('\n');
        }
        return all.toString();
    }

    private static String exchange(DatagramSocket peer, String text) throws IOException {
        peer.setSoTimeout(20_000);
        byte[] bytes = text.getBytes(UTF_8);
        peer.send(
                new DatagramPacket(bytes, bytes.length, InetAddress.getByName("127.0.0.1"), sluice.port("datagrams")));
        DatagramPacket answer = new DatagramPacket(new byte[1024], 1024);
        peer.receive(answer);
        return new String(answer.getData(), 0, answer.getLength(), UTF_8);
    }

    private static void assertFile(String listener, String lines) {
        Path file = folder.resolve(listener + ".log");
        await().untilAsserted(() -> assertThat(file).exists());
        await().untilAsserted(() -> assertThat(Files.readString(file)).contains(lines));
    }

    private record Counts(long received, long accepted, long failed, long refused) {

        static Counts of(String listener) {
            Traffic traffic = sluice.traffic(listener);
            return new Counts(
                    traffic.received.sum(),
                    traffic.accepted.sum(),
                    traffic.failed.sum(),
                    traffic.dropped(Reason.Dropped.REFUSED).sum());
        }

        Counts since(Counts before) {
            return new Counts(
                    received - before.received,
                    accepted - before.accepted,
                    failed - before.failed,
                    refused - before.refused);
        }
    }
}

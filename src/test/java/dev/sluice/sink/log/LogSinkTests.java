package dev.sluice.sink.log;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.EncodedMessage;
import dev.sluice.sink.Failure;
import dev.sluice.sink.LineMessage;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LogLevel;

class LogSinkTests {

    private final String name = "console-" + UUID.randomUUID();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.sluice.sink." + name);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @BeforeEach
    void listen() {
        logger.setAdditive(false);
        logger.setLevel(Level.INFO);
        logger.addAppender(lines);
        lines.start();
    }

    @AfterEach
    void leave() {
        logger.detachAppender(lines);
    }

    @Test
    void logsEachMessageInALineOfItsOwnWithWhereItCameFrom() {
        assertThat(send(LogLevel.WARN, "hello é {}", "two")).isSameAs(Confirmation.all());

        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly("greeter 192.0.2.9 c-7-1: hello é {}", "greeter 192.0.2.9 c-7-2: two");
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
    }

    @ParameterizedTest
    @CsvSource({"TRACE, false", "DEBUG, false", "INFO, true", "WARN, true", "ERROR, true", "FATAL, true", "OFF, false"})
    void logsAtItsLevel(LogLevel level, boolean shown) {
        assertThat(send(level, "hello").complete()).isTrue();
        assertThat(lines.list).hasSize(shown ? 1 : 0);
    }

    @Test
    void nothingFromTheWireCanForgeALine() {
        assertThat(shown("a\r\nb\tc\u001b[2Jd\u0085e\u2028f\u202eg\u2066h\\n\u0000"))
                .isEqualTo("a\\r\\nb\\tc\\u001b[2Jd\\u0085e\\u2028f\\u202eg\\u2066h\\\\n\\u0000");
        assertThat(shown("\udb40\udc41 成功 😀")).isEqualTo("\\udb40\\udc41 成功 😀");
    }

    @Test
    void bytesThatAreNoTextShowAsSuch() {
        assertThat(EscapedText.of(
                        new byte[] {'a', (byte) 0xff, (byte) 0xc3, '(', (byte) 0xe2, (byte) 0x82}, UTF_8, 100))
                .isEqualTo("a\\xff\\xc3(\\xe2\\x82");
    }

    @Test
    void textIsThatOfTheListenersCharset() {
        try (LogSink sink = new LogSink(name, new LogSinkProperties(LogLevel.INFO))) {
            sink.send(List.of(EncodedMessage.of("Müller", ISO_8859_1), EncodedMessage.of("Müller", UTF_16LE)));
        }
        assertThat(lines.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsOnly("greeter 192.0.2.9 c-7-1: Müller");
    }

    @Test
    void aLongPayloadIsShortenedWithANoteOfItsLength() {
        assertThat(shown("x".repeat(4096))).isEqualTo("x".repeat(4096));
        assertThat(shown("x".repeat(4097))).isEqualTo("x".repeat(4096) + "… (4097 bytes)");
        assertThat(shown("x".repeat(4095) + "é")).isEqualTo("x".repeat(4095) + "… (4097 bytes)");
    }

    private static String shown(String payload) {
        return EscapedText.of(payload.getBytes(UTF_8), UTF_8, 4096);
    }

    private Confirmation<Failure> send(LogLevel level, String... payloads) {
        try (LogSink sink = new LogSink(name, new LogSinkProperties(level))) {
            List<LineMessage> messages = new ArrayList<>();
            for (String payload : payloads) {
                messages.add(LineMessage.of(messages.size() + 1, payload.getBytes(UTF_8)));
            }
            return sink.send(messages);
        }
    }
}

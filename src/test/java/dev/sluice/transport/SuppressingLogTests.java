package dev.sluice.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class SuppressingLogTests {

    private enum Why {
        TOO_MANY,
        NOT_ALLOWED
    }

    private final Logger logger = new LoggerContext().getLogger("test");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final SuppressingLog<Why> log = new SuppressingLog<>(logger, "edge");

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    private List<String> lines() {
        return lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    }

    @Test
    void tellsTheFirstOfEachReasonAndCountsTheOthers() {
        AtomicInteger texts = new AtomicInteger();
        for (int i = 0; i < 1000; i++) {
            log.warn(Why.TOO_MANY, () -> "number " + texts.incrementAndGet());
        }
        log.warn(Why.NOT_ALLOWED, () -> "another");

        assertThat(lines()).containsExactly("Listener 'edge': number 1", "Listener 'edge': another");
        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.WARN);
        assertThat(texts).as("Texts asked for").hasValue(1);
    }

    @Test
    void theSweepTellsHowManyWereLeftOutIfNothingMoreComes() {
        for (int i = 0; i < 3; i++) {
            log.warn(Why.TOO_MANY, () -> "one too many");
        }
        log.tellSuppressed();
        assertThat(lines()).hasSize(1);

        await().untilAsserted(() -> {
            log.tellSuppressed();
            assertThat(lines())
                    .containsExactly(
                            "Listener 'edge': one too many", "Listener 'edge': 2 more since, reason 'too-many'");
        });
    }

    @Test
    void theNextLineTellsItIfNoSweepHas() {
        log.warn(Why.TOO_MANY, () -> "first");
        log.warn(Why.TOO_MANY, () -> "second");
        await().untilAsserted(() -> {
            log.warn(Why.TOO_MANY, () -> "later");
            assertThat(lines()).hasSize(2);
        });

        assertThat(lines().getLast()).matches("Listener 'edge': later \\(and \\d+ more before, reason 'too-many'\\)");
    }

    @Test
    void atTheEndItTellsWithoutWaiting() {
        log.warn(Why.TOO_MANY, () -> "first");
        log.warn(Why.TOO_MANY, () -> "second");
        log.tellAllSuppressed();
        log.tellAllSuppressed();

        assertThat(lines())
                .containsExactly("Listener 'edge': first", "Listener 'edge': 1 more since, reason 'too-many'");
    }

    @Test
    void nothingFromTheWireCanForgeALine() {
        log.warn(Why.TOO_MANY, () -> "a\r\nb\u001b[2Jc\u2028d\u202ee 成功 {}");

        assertThat(lines()).containsExactly("Listener 'edge': a\\r\\nb\\u001b[2Jc\\u2028d\\u202ee 成功 {}");
    }

    @Test
    void aLongTextIsCut() {
        log.warn(Why.TOO_MANY, () -> "x".repeat(100_000));

        assertThat(lines().getFirst()).hasSizeLessThan(600).endsWith("x…");
    }
}

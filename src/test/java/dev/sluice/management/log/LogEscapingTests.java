package dev.sluice.management.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Whatever is logged by whomever: a peer can put nothing into the log that looks like a line of its own. */
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class LogEscapingTests {

    private static final String HOSTILE = "a\rb\u001b[2Jc\u2028d\u2029e\u202ef\u2066g\u0085h\u0000i\u009bj\u007fk";
    private static final String HARMLESS =
            "a\\rb\\u001b[2Jc\\u2028d\\u2029e\\u202ef\\u2066g\\u0085h\\u0000i\\u009bj\\u007fk";

    /** But for the ends of lines and the tabs of stack traces. */
    private static final String INVISIBLE = "[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}&&[^\n\t]]";

    @Configuration(proxyBeanMethods = false)
    static class Beans {

        @Bean
        Parser parser() {
            return new Parser();
        }
    }

    static final class Parser {

        public byte[] parse(byte[] message) {
            throw new IllegalArgumentException("cannot read " + new String(message, UTF_8));
        }
    }

    @Test
    void payloadsCannotForgeLines(CapturedOutput output) throws Exception {
        try (RunningSluice sluice = RunningSluice.with("""
            sluice:
              listeners:
                shown:
                  tcp: { address: 127.0.0.1, port: 0 }
                  framing.type: nul
                  sinks: [console]
                  delivery.mode: direct
                parsed:
                  tcp: { address: 127.0.0.1, port: 0 }
                  framing.type: length-prefixed
                  framing.length-bytes: 1
                  reply: { type: bean, bean: parser }
              sinks.console.log.level: info
            """, Beans.class)) {
            String hostile = "x\n2026-01-01T00:00:00.000Z  INFO forged " + HOSTILE.replace("\u0000", "");
            byte[] bytes = hostile.getBytes(UTF_8);
            byte[] framed = new byte[bytes.length + 1];
            framed[0] = (byte) bytes.length;
            System.arraycopy(bytes, 0, framed, 1, bytes.length);
            sluice.converse("shown", hostile + "\u0000");
            sluice.converse("parsed", framed);

            String harmless = "x\\n2026-01-01T00:00:00.000Z  INFO forged " + HARMLESS.replace("\\u0000", "");
            await().untilAsserted(() -> assertThat(output.getAll())
                    .contains(harmless)
                    .contains("IllegalArgumentException: cannot read " + harmless));
            assertNothingForged(output);
        }
    }

    @Test
    void noCallCanForget(CapturedOutput output) {
        try (RunningSluice sluice = RunningSluice.with("sluice: {}")) {
            Exception cause = new IllegalStateException("cause " + HOSTILE);
            Exception thrown = new IllegalArgumentException("thrown\n2026-01-01 forged " + HOSTILE, cause);
            thrown.addSuppressed(new RuntimeException("suppressed " + HOSTILE));
            MDC.put("peer", HOSTILE);
            LoggerFactory.getLogger("some.library").warn("said " + HOSTILE + " {}", HOSTILE, thrown);

            assertThat(sluice).isNotNull();
            assertThat(output.getAll())
                    .contains("said " + HARMLESS + " " + HARMLESS)
                    .contains("java.lang.IllegalArgumentException: thrown\\n2026-01-01 forged " + HARMLESS)
                    .contains("Caused by: java.lang.IllegalStateException: cause " + HARMLESS)
                    .contains("Suppressed: java.lang.RuntimeException: suppressed " + HARMLESS)
                    .contains("\n\tat dev.sluice.management.log.LogEscapingTests.noCallCanForget");
            assertNothingForged(output);
        } finally {
            MDC.clear();
        }
    }

    private static void assertNothingForged(CapturedOutput output) {
        assertThat(output.getAll()).doesNotContainPattern(INVISIBLE);
        assertThat(List.of(output.getAll().split("\\R"))).noneMatch(line -> line.startsWith("2026-01-01"));
    }

    @Test
    void reportsKeepTheirLines(CapturedOutput output) {
        LoggerFactory.getLogger("org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter")
                .error("one\ntwo");

        assertThat(output.getAll()).contains("one\ntwo");
    }
}

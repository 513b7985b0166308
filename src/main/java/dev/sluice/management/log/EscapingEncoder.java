package dev.sluice.management.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import java.util.Set;

/**
 * Encodes events as another encoder does, with what their authors have put in escaped. Line ends are the layout's
 * alone.
 */
final class EscapingEncoder extends LayoutWrappingEncoder<ILoggingEvent> {

    /** Spring Boot's, whose reports are pages of text about the configuration, with nothing of any peer's. */
    private static final Set<String> REPORTERS = Set.of(
            "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter",
            "org.springframework.boot.autoconfigure.logging.ConditionEvaluationReportLogger");

    EscapingEncoder(LayoutWrappingEncoder<ILoggingEvent> encoder) {
        setContext(encoder.getContext());
        setCharset(encoder.getCharset());
        setLayout(encoder.getLayout());
        start();
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
        return super.encode(REPORTERS.contains(event.getLoggerName()) ? event : EscapedEvent.of(event));
    }
}

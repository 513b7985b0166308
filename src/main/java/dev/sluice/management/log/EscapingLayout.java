package dev.sluice.management.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.LayoutBase;
import java.util.Set;

/** Lays events out as another layout does, with what their authors have put in escaped. Line ends are the layout's alone. */
final class EscapingLayout extends LayoutBase<ILoggingEvent> {

    /** Spring Boot's, whose reports are pages of text about the configuration, with nothing of any peer's. */
    private static final Set<String> REPORTERS = Set.of(
            "org.springframework.boot.diagnostics.LoggingFailureAnalysisReporter",
            "org.springframework.boot.autoconfigure.logging.ConditionEvaluationReportLogger");

    private final Layout<ILoggingEvent> layout;

    EscapingLayout(Layout<ILoggingEvent> layout) {
        this.layout = layout;
        setContext(layout.getContext());
        start();
    }

    @Override
    public String doLayout(ILoggingEvent event) {
        return layout.doLayout(REPORTERS.contains(event.getLoggerName()) ? event : new EscapedEvent(event));
    }
}

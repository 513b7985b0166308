package dev.sluice.management.log;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.AppenderAttachable;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.event.ApplicationEnvironmentPreparedEvent;
import org.springframework.boot.context.logging.LoggingApplicationListener;
import org.springframework.context.ApplicationListener;
import org.springframework.core.Ordered;

/**
 * Has every appender escape what it writes, as soon as Spring Boot has set up logging: the console and the file, and
 * those of a {@code logback.xml} of the operator's. Appenders that write JSON are left as they are; see {@link
 * EscapedMembers}.
 */
final class LogEscaping implements ApplicationListener<ApplicationEnvironmentPreparedEvent>, Ordered {

    @Override
    public int getOrder() {
        return LoggingApplicationListener.DEFAULT_ORDER + 1;
    }

    @Override
    public void onApplicationEvent(ApplicationEnvironmentPreparedEvent event) {
        if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context) {
            for (Logger logger : context.getLoggerList()) {
                escape(logger);
            }
        }
    }

    private static void escape(AppenderAttachable<ILoggingEvent> appenders) {
        appenders.iteratorForAppenders().forEachRemaining(appender -> {
            if (appender instanceof OutputStreamAppender<ILoggingEvent> output) {
                escape(output);
            } else if (appender instanceof AppenderAttachable<?> several) {
                @SuppressWarnings("unchecked") // whose events it passes on
                AppenderAttachable<ILoggingEvent> behind = (AppenderAttachable<ILoggingEvent>) several;
                escape(behind);
            }
        });
    }

    private static void escape(OutputStreamAppender<ILoggingEvent> appender) {
        if (appender.getEncoder() instanceof LayoutWrappingEncoder<ILoggingEvent> encoder
                && !(encoder instanceof EscapingEncoder)) {
            appender.setEncoder(new EscapingEncoder(encoder));
        }
    }
}

package dev.sluice.sink.log;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.springframework.boot.logging.LogLevel;

/** Writes each message into the program's log, as one line that begins with where it came from. */
final class LogSink implements Sink {

    /** Of a payload, in bytes; a log is no archive. */
    private static final int MOST_SHOWN = 4 * 1024;

    private final Logger log;
    private final @Nullable Level level;

    LogSink(String name, LogSinkProperties properties) {
        this.log = LoggerFactory.getLogger("dev.sluice.sink." + name);
        this.level = level(properties.level());
    }

    private static @Nullable Level level(LogLevel level) {
        return switch (level) {
            case TRACE -> Level.TRACE;
            case DEBUG -> Level.DEBUG;
            case INFO -> Level.INFO;
            case WARN -> Level.WARN;
            case ERROR, FATAL -> Level.ERROR;
            case OFF -> null;
        };
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) {
        if (level != null && log.isEnabledForLevel(level)) {
            for (Envelope message : messages) {
                log.atLevel(level)
                        .log(
                                "{} {} {}: {}",
                                message.origin().listener(),
                                message.origin().remoteAddress(),
                                message.id(),
                                EscapedText.of(message.getPayload(), message.charset(), MOST_SHOWN));
            }
        }
        return Confirmation.all();
    }

    @Override
    public void close() {}
}

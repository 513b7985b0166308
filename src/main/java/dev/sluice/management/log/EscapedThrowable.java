package dev.sluice.management.log;

import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import dev.sluice.text.Visible;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** An exception whose own text, and that of its causes, has only visible characters. Its stack trace keeps its lines. */
final class EscapedThrowable implements IThrowableProxy {

    private final IThrowableProxy thrown;

    EscapedThrowable(IThrowableProxy thrown) {
        this.thrown = thrown;
    }

    @Override
    public @Nullable String getMessage() {
        return escaped(thrown.getMessage());
    }

    @Override
    public @Nullable String getOverridingMessage() {
        return escaped(thrown.getOverridingMessage());
    }

    private static @Nullable String escaped(@Nullable String text) {
        return text == null ? null : Visible.text(text);
    }

    @Override
    public String getClassName() {
        return thrown.getClassName();
    }

    @Override
    public StackTraceElementProxy[] getStackTraceElementProxyArray() {
        return thrown.getStackTraceElementProxyArray();
    }

    @Override
    public int getCommonFrames() {
        return thrown.getCommonFrames();
    }

    @Override
    public @Nullable IThrowableProxy getCause() {
        IThrowableProxy cause = thrown.getCause();
        return cause == null ? null : new EscapedThrowable(cause);
    }

    @Override
    public IThrowableProxy @Nullable [] getSuppressed() {
        IThrowableProxy[] suppressed = thrown.getSuppressed();
        return suppressed == null
                ? null
                : Stream.of(suppressed).map(EscapedThrowable::new).toArray(IThrowableProxy[]::new);
    }

    @Override
    public boolean isCyclic() {
        return thrown.isCyclic();
    }
}

package dev.sluice.listener;

import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.text.Causes;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;

/**
 * Reports why the program cannot start, instead of a stack trace: listeners could not take their ports, a spool or the
 * directory of all cannot be opened, or this process cannot be one of several.
 */
final class StartFailureAnalyzer implements FailureAnalyzer {

    @Override
    public @Nullable FailureAnalysis analyze(Throwable failure) {
        for (Throwable cause : Causes.of(failure)) {
            String cure = switch (cause) {
                case ListenersFailedException _ ->
                    "Mend the listeners above and start again; nothing has been received.";
                case SpoolException _, ClusterException _ ->
                    "Mend that and start again; nothing has been received, and nothing is lost.";
                default -> null;
            };
            if (cure != null) {
                return new FailureAnalysis(String.valueOf(cause.getMessage()), cure, cause);
            }
        }
        return null;
    }
}

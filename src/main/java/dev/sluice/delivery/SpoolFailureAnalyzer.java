package dev.sluice.delivery;

import dev.sluice.delivery.spool.SpoolException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports a data directory or a spool that cannot be used, instead of a stack trace; its message says the cure. */
final class SpoolFailureAnalyzer extends AbstractFailureAnalyzer<SpoolException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SpoolException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Mend that and start again; nothing has been received, and what waits is kept.",
                cause);
    }
}

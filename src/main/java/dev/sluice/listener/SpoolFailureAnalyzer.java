package dev.sluice.listener;

import dev.sluice.delivery.spool.SpoolException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports a spool, or the directory of all, that cannot be opened, instead of a stack trace. */
final class SpoolFailureAnalyzer extends AbstractFailureAnalyzer<SpoolException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, SpoolException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Mend that and start again; nothing has been received, and nothing is lost.",
                cause);
    }
}

package dev.sluice.listener;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports why this process cannot be one of several, instead of a stack trace. */
final class ClusterFailureAnalyzer extends AbstractFailureAnalyzer<ClusterException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ClusterException cause) {
        return new FailureAnalysis(
                cause.getMessage(),
                "Mend that and start again; nothing has been received, and nothing is lost.",
                cause);
    }
}

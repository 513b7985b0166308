package dev.sluice.listener;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Reports listeners that could not take their ports, instead of a stack trace. */
final class ListenersFailureAnalyzer extends AbstractFailureAnalyzer<ListenersFailedException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, ListenersFailedException cause) {
        return new FailureAnalysis(
                cause.getMessage(), "Mend the listeners above and start again; nothing has been received.", cause);
    }
}

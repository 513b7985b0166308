package dev.sluice.management;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

/** Shows the counters of listeners as they were in the last ten minutes: {@code /actuator/history}. */
@Endpoint(id = "history")
final class HistoryEndpoint {

    private final History history;

    HistoryEndpoint(History history) {
        this.history = history;
    }

    /**
     * @param seconds between two samples
     */
    record Description(long seconds, Map<String, History.Shown> listeners) {}

    @ReadOperation
    Description history() {
        return description(null);
    }

    @ReadOperation
    Description history(@Selector String listener) {
        Description found = description(listener);
        if (found.listeners().isEmpty()) {
            throw Refused.notFound("there is no listener '" + listener + "', or it has been there for less than "
                    + History.EVERY.toSeconds() + " seconds");
        }
        return found;
    }

    private Description description(@Nullable String listener) {
        return new Description(History.EVERY.toSeconds(), history.shown(listener));
    }
}

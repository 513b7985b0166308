package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.listener.Listener;
import dev.sluice.listener.ListenerException;
import dev.sluice.listener.Listeners;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;

/** Shows listeners and steers their life: {@code /actuator/listeners}. */
@Endpoint(id = "listeners")
final class ListenersEndpoint {

    private final Listeners listeners;

    ListenersEndpoint(Listeners listeners) {
        this.listeners = listeners;
    }

    @ReadOperation
    Map<String, ListenerDescription> listeners() {
        Map<String, ListenerDescription> all = new LinkedHashMap<>();
        listeners.all().forEach(listener -> all.put(listener.name(), ListenerDescription.of(listener)));
        return all;
    }

    @ReadOperation
    ListenerDescription listener(@Selector String name) {
        return ListenerDescription.of(find(name));
    }

    /**
     * What a listener remembers of late.
     *
     * @param view {@code closed} or {@code rejected}
     */
    @ReadOperation
    Record recent(@Selector String name, @Selector String view) {
        Listener listener = find(name);
        return switch (view) {
            case "closed" -> ClosedDescriptions.of(listener);
            case "rejected" -> RejectedDescriptions.of(listener);
            default ->
                throw Refused.notFound("listener '" + name + "' has no '" + view + "'. Ask for 'closed' or 'rejected'");
        };
    }

    /** Answers the new state; 409 with a reason if the listener can't do that now. */
    @WriteOperation
    WebEndpointResponse<Record> steer(@Selector String name, String action) {
        Listener listener = find(name);
        try {
            switch (action) {
                case "start" -> {
                    listener.start();
                    return new WebEndpointResponse<>(new Started(ListenerDescription.of(listener), Started.NOTE));
                }
                case "stop" -> listener.stop();
                case "pause" -> listener.pause();
                case "resume" -> listener.resume();
                default -> throw Refused.badRequest("action '" + action + "' must be start, stop, pause or resume");
            }
        } catch (ListenerException ex) {
            return new WebEndpointResponse<>(
                    new Conflict(listener.state().name(), ex.reason()), HttpStatus.CONFLICT.value());
        }
        return new WebEndpointResponse<>(ListenerDescription.of(listener));
    }

    private Listener find(String name) {
        return listeners.find(name).orElseThrow(() -> Refused.noListener(name));
    }

    /** Whoever starts a listener may have edited a file before. */
    record Started(@JsonUnwrapped ListenerDescription listener, String note) {

        private static final String NOTE =
                "started as configured at the last start or reload; /actuator/reload applies what was edited since";
    }

    record Conflict(String state, String reason) {}
}

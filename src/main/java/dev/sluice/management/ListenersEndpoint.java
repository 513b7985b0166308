package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import dev.sluice.listener.Listener;
import dev.sluice.listener.ListenerException;
import dev.sluice.listener.Listeners;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Shows listeners and steers their life: {@code /actuator/listeners}. */
@Endpoint(id = "listeners")
final class ListenersEndpoint {

    private static final int CONFLICT = 409;

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
    WebEndpointResponse<Object> listener(@Selector String name) {
        return listeners
                .find(name)
                .map(listener -> new WebEndpointResponse<Object>(ListenerDescription.of(listener)))
                .orElseGet(() -> noListener(name));
    }

    /**
     * What a listener remembers of late.
     *
     * @param view {@code closed} or {@code rejected}
     */
    @ReadOperation
    WebEndpointResponse<Object> recent(@Selector String name, @Selector String view) {
        Optional<Listener> found = listeners.find(name);
        if (found.isEmpty()) {
            return noListener(name);
        }
        return switch (view) {
            case "closed" -> new WebEndpointResponse<>(ClosedDescriptions.of(found.get()));
            case "rejected" -> new WebEndpointResponse<>(RejectedDescriptions.of(found.get()));
            default ->
                Refusal.notFound("listener '" + name + "' has no '" + view + "'. Ask for 'closed' or 'rejected'");
        };
    }

    /** Answers the new state; 409 with a reason if the listener can't do that now. */
    @WriteOperation
    WebEndpointResponse<Object> steer(@Selector String name, String action) {
        Optional<Listener> found = listeners.find(name);
        if (found.isEmpty()) {
            return noListener(name);
        }
        Listener listener = found.get();
        try {
            switch (action) {
                case "start" -> {
                    listener.start();
                    return new WebEndpointResponse<>(new Started(ListenerDescription.of(listener), Started.NOTE));
                }
                case "stop" -> listener.stop();
                case "pause" -> listener.pause();
                case "resume" -> listener.resume();
                default -> {
                    return Refusal.badRequest("action '" + action + "' must be start, stop, pause or resume");
                }
            }
        } catch (ListenerException ex) {
            return new WebEndpointResponse<>(new Conflict(listener.state().name(), ex.reason()), CONFLICT);
        }
        return new WebEndpointResponse<>(ListenerDescription.of(listener));
    }

    private static WebEndpointResponse<Object> noListener(String name) {
        return Refusal.notFound("there is no listener '" + name + "'");
    }

    /** Whoever starts a listener may have edited a file before. */
    record Started(@JsonUnwrapped ListenerDescription listener, String note) {

        private static final String NOTE =
                "started as configured at the last start or reload; /actuator/reload applies what was edited since";
    }

    record Conflict(String state, String reason) {}
}

package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Route;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.listener.Listeners;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Shows what waits for sinks and what they would not take, and sends that again or lets go of it: {@code /actuator/spools}. */
@Endpoint(id = "spools")
final class SpoolsEndpoint {

    private final Listeners listeners;
    private final Routes routes;

    SpoolsEndpoint(Listeners listeners, Routes routes) {
        this.listeners = listeners;
        this.routes = routes;
    }

    /**
     * @param replaying how many dead letters are sent once more
     */
    record Replay(long replaying) {}

    /**
     * @param purged how many messages or dead letters are gone
     */
    record Purge(long purged) {}

    @ReadOperation
    WebEndpointResponse<Object> spools() {
        try {
            Map<String, SpoolDescription> all = new LinkedHashMap<>();
            for (Route route : routes.all()) {
                if (route instanceof DurableRoute durable) {
                    all.put(route.listener(), SpoolDescription.summary(durable));
                }
            }
            return new WebEndpointResponse<>(all);
        } catch (SpoolException ex) {
            return unavailable(ex);
        }
    }

    @ReadOperation
    WebEndpointResponse<Object> spool(@Selector String listener) {
        Charset charset = listeners
                .find(listener)
                .map(found -> found.properties().charset())
                .orElse(StandardCharsets.UTF_8);
        return with(listener, route -> new WebEndpointResponse<>(SpoolDescription.whole(route, charset)));
    }

    /**
     * @param action {@code replay} or {@code purge}
     * @param sink for purge: of this one only
     * @param deadLetters for purge: dead letters, rather than what waits for a sink that is none any more
     */
    @WriteOperation
    WebEndpointResponse<Object> steer(
            @Selector String listener, String action, @Nullable String sink, @Nullable Boolean deadLetters) {
        return with(listener, route -> switch (action) {
            case "replay" -> new WebEndpointResponse<>(new Replay(route.replay()));
            case "purge" -> purge(route, sink, Boolean.TRUE.equals(deadLetters));
            default -> Refusal.badRequest("action '" + action + "' must be replay or purge");
        });
    }

    private static WebEndpointResponse<Object> purge(DurableRoute route, @Nullable String sink, boolean deadLetters) {
        if (sink == null) {
            return deadLetters
                    ? new WebEndpointResponse<>(new Purge(purgeDeadLetters(route)))
                    : Refusal.badRequest("purge needs \"dead-letters\": true to drop the dead letters, or \"sink\" with"
                            + " the name of one that the listener does not name any more, to drop what waits for it");
        }
        boolean named =
                route.ledgers().stream().anyMatch(ledger -> ledger.sink().equals(sink));
        if (!named && !route.orphans().contains(sink)) {
            return Refusal.notFound("the spool of listener '" + route.listener() + "' knows no sink '" + sink + "'");
        }
        if (deadLetters) {
            return new WebEndpointResponse<>(new Purge(route.purgeDeadLetters(sink)));
        }
        if (named) {
            return Refusal.conflict("listener '" + route.listener() + "' names sink '" + sink
                    + "'. Take it out of its sinks first, or drop its dead letters alone with \"dead-letters\": true");
        }
        return new WebEndpointResponse<>(new Purge(route.forget(sink)));
    }

    private static long purgeDeadLetters(DurableRoute route) {
        long purged = 0;
        for (String sink : route.spool().deadLetterCounts().keySet()) {
            purged += route.purgeDeadLetters(sink);
        }
        return purged;
    }

    private WebEndpointResponse<Object> with(
            String listener, Function<DurableRoute, WebEndpointResponse<Object>> action) {
        if (listeners.find(listener).isEmpty()) {
            return Refusal.notFound("there is no listener '" + listener + "'");
        }
        try {
            return routes.find(listener)
                    .filter(DurableRoute.class::isInstance)
                    .map(route -> action.apply((DurableRoute) route))
                    .orElseGet(() -> Refusal.notFound("listener '" + listener
                            + "' has no spool, since it has no sinks or delivers to them directly"));
        } catch (SpoolException ex) {
            return unavailable(ex);
        }
    }

    private static WebEndpointResponse<Object> unavailable(SpoolException ex) {
        return Refusal.unavailable("the spool: " + ex.getMessage());
    }
}

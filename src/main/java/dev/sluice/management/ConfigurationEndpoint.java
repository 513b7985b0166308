package dev.sluice.management;

import dev.sluice.listener.Listeners;
import dev.sluice.listener.Reload;
import dev.sluice.listener.configuration.ConfigurationSnapshot.Effective;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Shows by what a listener runs, and where each key was written: {@code /actuator/configuration/NAME}. */
@Endpoint(id = "configuration")
final class ConfigurationEndpoint {

    private final Reload reload;
    private final Listeners listeners;

    ConfigurationEndpoint(Reload reload, Listeners listeners) {
        this.reload = reload;
        this.listeners = listeners;
    }

    record Keys(List<Effective> keys) {}

    @ReadOperation
    WebEndpointResponse<Object> listener(@Selector String name) {
        return listeners.find(name).isEmpty()
                ? Refusal.notFound("there is no listener '" + name + "'")
                : new WebEndpointResponse<>(new Keys(reload.running().listener(name)));
    }
}

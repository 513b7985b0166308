package dev.sluice.management;

import dev.sluice.listener.Listeners;
import dev.sluice.listener.Reload;
import dev.sluice.listener.configuration.ConfigurationSnapshot.Effective;
import java.util.List;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;

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
    Keys listener(@Selector String name) {
        if (listeners.find(name).isEmpty()) {
            throw Refused.noListener(name);
        }
        return new Keys(reload.running().listener(name));
    }
}

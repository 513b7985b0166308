package dev.sluice.command;

import dev.sluice.command.DeviceSocket.Closing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The devices that a replica knows, and its own connections. */
final class Registry {

    private final Actions actions;
    private final DeviceTable states = new DeviceTable();
    private final Map<Long, Link> links = new HashMap<>();
    private int bound;
    /** Those of which something has changed, so that it is to be decided again what to do. */
    private Set<DeviceState> touched = new LinkedHashSet<>();

    Registry(Actions actions) {
        this.actions = actions;
    }

    DeviceState state(Device device) {
        return states.findOrAdd(device);
    }

    @Nullable
    DeviceState known(Device device) {
        return states.find(device);
    }

    Iterable<DeviceState> states() {
        return states;
    }

    void remove(DeviceState state) {
        states.remove(state);
    }

    @Nullable
    Link link(long id) {
        return links.get(id);
    }

    Binding bind(Link link, DeviceState state) {
        links.put(link.id(), link);
        Binding binding = new Binding(link, state);
        link.bindings().put(state.device(), binding);
        state.bind(binding);
        bound++;
        touch(state);
        return binding;
    }

    void unbind(Binding binding) {
        binding.flying(null);
        Link link = binding.link();
        link.bindings().remove(binding.device().device());
        binding.device().unbind(binding);
        bound--;
        if (link.bindings().isEmpty()) {
            link.closed();
            links.remove(link.id());
        }
        touch(binding.device());
    }

    void close(Link link, Closing why) {
        gone(link);
        actions.close(link, why);
    }

    /** A connection is closed, so that none of its flights will be answered. */
    void gone(Link link) {
        link.closed();
        links.remove(link.id());
        for (Binding binding : link.bindings().values()) {
            binding.device().unbind(binding);
            bound--;
            touch(binding.device());
        }
    }

    /** How many devices are at connections of this replica. */
    int bound() {
        return bound;
    }

    void touch(DeviceState state) {
        touched.add(state);
    }

    /** All whose decisions may depend on which flights a connection has. */
    void touch(Link link) {
        for (Binding binding : link.bindings().values()) {
            touch(binding.device());
        }
    }

    /** Returns those that were touched since, the first first. */
    List<DeviceState> takeTouched() {
        if (touched.isEmpty()) {
            return List.of();
        }
        List<DeviceState> taken = new ArrayList<>(touched);
        if (touched.size() > 1_000) {
            touched = new LinkedHashSet<>();
        } else {
            touched.clear();
        }
        return taken;
    }
}

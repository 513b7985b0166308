package dev.sluice.command;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which connection of the machine is which socket. Used by the engine's thread. */
final class Sockets {

    private static final Logger log = LoggerFactory.getLogger(Sockets.class);

    private final Machine machine;
    private final LongFunction<String> names;
    private final Map<DeviceSocket, Link> links = new IdentityHashMap<>();
    private long last;

    /**
     * @param names of replicas
     * @param life below which the connections have their numbers
     */
    Sockets(Machine machine, LongFunction<String> names, long life) {
        this.machine = machine;
        this.names = names;
        this.last = life;
    }

    /** Null if it has no device, or the machine has given it up. */
    @Nullable
    Link link(DeviceSocket socket) {
        return links.get(socket);
    }

    void connected(Device device, DeviceSocket socket, CommandTerms terms) {
        DeviceSocket.Closing refusal = refusal(device, socket);
        if (refusal != null) {
            socket.close(refusal);
            return;
        }
        Link link = links.computeIfAbsent(socket, key -> new Link(++last, terms, key));
        if (!link.terms().equals(terms)) {
            if (!link.flights().isEmpty() && link.terms().numbers() != terms.numbers()) {
                // Its answer would be read by other terms than those by which it was sent.
                machine.close(link, DeviceSocket.Closing.UNANSWERED);
                return;
            }
            link.terms(terms);
        }
        machine.connected(link, device);
    }

    /** Returns why the device is not served at this connection, as far as the log knows; null if it is. */
    private DeviceSocket.@Nullable Closing refusal(Device device, DeviceSocket socket) {
        DeviceState state = machine.known(device);
        Link known = links.get(socket);
        boolean newcomer = known == null || !known.bindings().containsKey(device);
        if (!newcomer
                || state == null
                || state.replica() == machine.replica().id()
                || view(state).isEmpty()) {
            return null;
        }
        return switch (socket.rivals()) {
            case ALLOWED -> null;
            case KEPT -> DeviceSocket.Closing.REFUSED;
            case REPLACED -> isRestless(state, socket) ? DeviceSocket.Closing.RESTLESS : null;
        };
    }

    private boolean isRestless(DeviceState state, DeviceSocket newcomer) {
        Rivalry rivalry = state.rivalry();
        if (rivalry == null
                || !rivalry.takeovers().areRestless(machine.replica().replicas().time())) {
            return false;
        }
        if (rivalry.takeovers().tell()) {
            log.warn(
                    "Device {} has connected in turns, at {} (replica {}) and {} for example, six times in a"
                            + " minute: two devices seem to have its identity. Newcomers are refused for a minute",
                    state.device(),
                    state.place().remote(),
                    names.apply(state.replica()),
                    newcomer.remote());
        }
        return true;
    }

    void gone(DeviceSocket socket) {
        Link link = links.remove(socket);
        if (link != null) {
            machine.gone(link);
        }
    }

    void gone(Device device, DeviceSocket socket) {
        Link link = links.get(socket);
        if (link == null) {
            return;
        }
        if (link.bindings().size() == 1 && link.bindings().containsKey(device)) {
            gone(socket);
        } else {
            machine.gone(link, device);
        }
    }

    /** The machine has given it up. If its socket stays open, its devices may come once more. */
    void closed(Link link) {
        if (link.socket() != null) {
            links.remove(link.socket(), link);
        }
    }

    /** Nothing if the device is not connected to a replica that lives. */
    Optional<ConnectedDevice> view(DeviceState state) {
        if (!state.isConnected() || machine.replica().replicas().isDead(state.replica())) {
            return Optional.empty();
        }
        Place place = state.place();
        return Optional.of(new ConnectedDevice(
                state.device(),
                names.apply(state.replica()),
                place.listener(),
                place.connection(),
                place.remote(),
                Instant.ofEpochMilli(state.since()),
                state.queue().size()));
    }

    /** See {@link DeviceCommands#devices}. */
    ConnectedDevices search(
            @Nullable String realm,
            @Nullable String listener,
            String part,
            Comparator<ConnectedDevice> order,
            int most) {
        int total = 0;
        PriorityQueue<ConnectedDevice> first = new PriorityQueue<>(order.reversed());
        for (DeviceState state : machine.states()) {
            Device device = state.device();
            if ((realm == null || realm.equals(device.realm()))
                    && device.identity().contains(part)) {
                ConnectedDevice found = view(state).orElse(null);
                if (found != null && (listener == null || listener.equals(found.listener()))) {
                    total++;
                    first.add(found);
                    if (first.size() > most) {
                        first.remove();
                    }
                }
            }
        }
        List<ConnectedDevice> sorted = new ArrayList<>(first);
        sorted.sort(order);
        return new ConnectedDevices(sorted, total);
    }
}

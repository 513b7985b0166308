package dev.sluice.command;

import java.time.Instant;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which connection of the machine is which socket. Used by the engine's thread. */
final class Sockets {

    private static final String THIS = "self";

    private final Machine machine;
    private final Map<DeviceSocket, Link> links = new IdentityHashMap<>();
    private long last;

    /** @param life below which the connections have their numbers */
    Sockets(Machine machine, long life) {
        this.machine = machine;
        this.last = life;
    }

    /** Null if it has no device, or the machine has given it up. */
    @Nullable
    Link link(DeviceSocket socket) {
        return links.get(socket);
    }

    void connected(Device device, DeviceSocket socket, CommandTerms terms) {
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

    /** Nothing if the device is not connected. */
    static Optional<ConnectedDevice> view(DeviceState state) {
        Binding held = state.held();
        DeviceSocket socket = held == null ? null : held.link().socket();
        return socket == null
                ? Optional.empty()
                : Optional.of(new ConnectedDevice(
                        state.device(),
                        THIS,
                        socket.listener(),
                        socket.connection(),
                        socket.remote(),
                        Instant.ofEpochMilli(state.since()),
                        state.queue().size()));
    }
}

package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.command.ConnectedDevice;
import dev.sluice.command.ConnectedDevices;
import dev.sluice.command.DeviceCommands;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Shows which devices that take commands are connected, and closes them: {@code /actuator/devices}. */
@Endpoint(id = "devices")
final class DevicesEndpoint {

    private static final String USUAL = "identity";

    private static final Map<String, Comparator<ConnectedDevice>> ORDERS = new TreeMap<>(Map.ofEntries(
            by(USUAL, found -> found.device().identity()),
            by("realm", found -> found.device().realm()),
            by("listener", ConnectedDevice::listener),
            by("replica", ConnectedDevice::replica),
            by("remote", ConnectedDevice::remote),
            by("since", ConnectedDevice::since),
            by("pending", ConnectedDevice::pending)));

    private static <K extends Comparable<? super K>> Map.Entry<String, Comparator<ConnectedDevice>> by(
            String name, Function<ConnectedDevice, K> key) {
        return Map.entry(name, Comparator.comparing(key));
    }

    private final CommandCalls calls;

    DevicesEndpoint(CommandCalls calls) {
        this.calls = calls;
    }

    /**
     * A device that is connected.
     *
     * @param connection its id
     * @param remote the peer's address and port
     * @param pending how many commands have no outcome yet
     */
    record Description(
            String identity,
            String realm,
            String listener,
            String replica,
            String connection,
            String remote,
            Instant since,
            int pending) {

        static Description of(ConnectedDevice device) {
            return new Description(
                    device.device().identity(),
                    device.device().realm(),
                    device.listener(),
                    device.replica(),
                    device.connection(),
                    device.remote(),
                    device.since(),
                    device.pending());
        }
    }

    /** @param total how many there are on all pages; left out unless a page was asked for */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Descriptions(List<Description> devices, @Nullable Integer total) {}

    /**
     * Those of one realm, of one listener, whose identity contains something, or all.
     *
     * @param limit how many a page has; all are shown if absent
     */
    @ReadOperation
    Descriptions devices(
            @Nullable String realm,
            @Nullable String listener,
            @Nullable String identity,
            @Nullable String offset,
            @Nullable String limit,
            @Nullable String sort) {
        Page page = Page.of(offset, limit, sort);
        DeviceCommands commands = calls.commands();
        Comparator<ConnectedDevice> order = page.order(ORDERS, USUAL);
        ConnectedDevices found = calls.get(commands.devices(
                realm,
                listener,
                Objects.requireNonNullElse(identity, ""),
                (page.descending() ? order.reversed() : order)
                        .thenComparing(device -> device.device().toString()),
                Math.clamp((long) page.offset() + page.limit(), 0, Integer.MAX_VALUE)));
        return new Descriptions(page.of(found.first()).map(Description::of).toList(), page.total(found.total()));
    }

    @ReadOperation
    Description device(@Selector String identity, @Nullable String realm) {
        return Description.of(find(identity, realm));
    }

    /** Closes its connection. It may come again at once. */
    @DeleteOperation
    WebEndpointResponse<Object> close(@Selector String identity, @Nullable String realm) {
        ConnectedDevice found = find(identity, realm);
        if (!calls.get(calls.commands().disconnect(found.device()))) {
            throw away(identity);
        }
        return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
    }

    private ConnectedDevice find(String identity, @Nullable String realm) {
        List<ConnectedDevice> found = calls.find(calls.realms(realm), identity);
        if (found.size() > 1) {
            throw Refused.conflict("devices of several realms are called '" + identity + "': "
                    + found.stream().map(one -> one.device().realm()).collect(Collectors.joining(", "))
                    + ". Name the 'realm', too");
        }
        return found.stream().findFirst().orElseThrow(() -> away(identity));
    }

    private static Refused away(String identity) {
        return Refused.notFound("no device '" + identity + "' is connected");
    }
}

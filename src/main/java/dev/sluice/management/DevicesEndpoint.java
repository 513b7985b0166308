package dev.sluice.management;

import dev.sluice.command.ConnectedDevice;
import dev.sluice.command.ConnectedDevices;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
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

    private static final Map<String, Comparator<ConnectedDevice>> ORDERS = Map.of(
            USUAL,
            Comparator.comparing(found -> found.device().identity()),
            "realm",
            Comparator.comparing(found -> found.device().realm()),
            "listener",
            Comparator.comparing(ConnectedDevice::listener),
            "replica",
            Comparator.comparing(ConnectedDevice::replica),
            "remote",
            Comparator.comparing(ConnectedDevice::remote),
            "since",
            Comparator.comparing(ConnectedDevice::since),
            "pending",
            Comparator.comparing(ConnectedDevice::pending));

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

    record Descriptions(List<Description> devices) {}

    /** @param total how many there are on all pages */
    record DescriptionsPage(List<Description> devices, int total) {}

    /**
     * Those of one realm, of one listener, whose identity contains something, or all.
     *
     * @param limit how many a page has; all are shown if absent
     */
    @ReadOperation
    WebEndpointResponse<Object> devices(
            @Nullable String realm,
            @Nullable String listener,
            @Nullable String identity,
            @Nullable String offset,
            @Nullable String limit,
            @Nullable String sort) {
        return CommandsEndpoint.answer(() -> {
            Page page = page(offset, limit, sort);
            ConnectedDevices found = calls.get(calls.commands()
                    .devices(
                            realm,
                            listener,
                            Objects.requireNonNullElse(identity, ""),
                            order(page).thenComparing(device -> device.device().toString()),
                            page == null
                                    ? Integer.MAX_VALUE
                                    : Math.clamp((long) page.offset() + page.limit(), 0, Integer.MAX_VALUE)));
            return new WebEndpointResponse<>(
                    page == null
                            ? new Descriptions(
                                    found.first().stream().map(Description::of).toList())
                            : new DescriptionsPage(
                                    found.first().stream()
                                            .skip(page.offset())
                                            .map(Description::of)
                                            .toList(),
                                    found.total()));
        });
    }

    private static @Nullable Page page(@Nullable String offset, @Nullable String limit, @Nullable String sort) {
        try {
            return Page.of(offset, limit, sort);
        } catch (IllegalArgumentException ex) {
            throw new Refused(WebEndpointResponse.STATUS_BAD_REQUEST, String.valueOf(ex.getMessage()));
        }
    }

    private static Comparator<ConnectedDevice> order(@Nullable Page page) {
        String sort = page == null || page.sort() == null ? USUAL : page.sort();
        Comparator<ConnectedDevice> order = ORDERS.get(sort);
        if (order == null) {
            throw new Refused(
                    WebEndpointResponse.STATUS_BAD_REQUEST,
                    "'sort' is '" + sort + "', by which nothing is sorted. Write one of "
                            + String.join(", ", new TreeMap<>(ORDERS).keySet())
                            + ", with '-' in front for the greatest first");
        }
        return page != null && page.descending() ? order.reversed() : order;
    }

    @ReadOperation
    WebEndpointResponse<Object> device(@Selector String identity, @Nullable String realm) {
        return CommandsEndpoint.answer(() -> find(identity, realm)
                .<WebEndpointResponse<Object>>map(device -> new WebEndpointResponse<>(Description.of(device)))
                .orElseGet(() -> away(identity)));
    }

    /** Closes its connection. It may come again at once. */
    @DeleteOperation
    WebEndpointResponse<Object> close(@Selector String identity, @Nullable String realm) {
        return CommandsEndpoint.answer(() -> {
            Optional<ConnectedDevice> found = find(identity, realm);
            return found.isPresent()
                            && calls.get(calls.commands().disconnect(found.get().device()))
                    ? new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT)
                    : away(identity);
        });
    }

    private Optional<ConnectedDevice> find(String identity, @Nullable String realm) {
        List<ConnectedDevice> found = calls.find(calls.realms(realm), identity);
        if (found.size() > 1) {
            throw new Refused(
                    CommandCalls.CONFLICT,
                    "devices of several realms are called '" + identity + "': "
                            + String.join(
                                    ", ",
                                    found.stream()
                                            .map(one -> one.device().realm())
                                            .toList())
                            + ". Name the 'realm', too");
        }
        return found.stream().findFirst();
    }

    private static WebEndpointResponse<Object> away(String identity) {
        return Refusal.notFound("no device '" + identity + "' is connected");
    }
}

package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.message.Origin;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;

/** Shows open connections, sends to them and closes them: {@code /actuator/connections}. */
@Endpoint(id = "connections")
final class ConnectionsEndpoint {

    private static final int ACCEPTED = 202;
    private static final int GONE = 410;
    private static final InetSocketAddress NOBODY = new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0);

    private final Listeners listeners;
    private final Broadcast broadcast;

    ConnectionsEndpoint(Listeners listeners, Broadcast broadcast) {
        this.listeners = listeners;
        this.broadcast = broadcast;
    }

    record Description(
            String id,
            String listener,
            String remoteAddress,
            int remotePort,
            @Nullable String identity,
            @Nullable String tlsSubject,
            Instant openedAt,
            Instant lastReadAt,
            Count messages,
            Count bytes) {

        record Count(long in, long out) {}

        static Description of(Connection connection) {
            return new Description(
                    connection.connection(),
                    connection.listener(),
                    connection.origin().remoteAddress(),
                    connection.remote().getPort(),
                    connection.origin().identity(),
                    connection.tlsSubject().orElse(null),
                    connection.openedAt(),
                    connection.lastReadAt(),
                    new Count(
                            connection.counts().messagesIn(),
                            connection.counts().messagesOut()),
                    new Count(connection.counts().bytesIn(), connection.counts().bytesOut()));
        }
    }

    record Descriptions(List<Description> connections) {}

    /** @param total how many there are on all pages */
    record DescriptionsPage(List<Description> connections, int total) {}

    /**
     * Those of one listener, of one device, from one network, of whom nothing was read for long, or all.
     *
     * @param limit how many a page has; all are shown if absent
     */
    @ReadOperation
    WebEndpointResponse<Object> connections(
            @Nullable String listener,
            @Nullable String address,
            @Nullable String identity,
            @Nullable String idle,
            @Nullable String offset,
            @Nullable String limit,
            @Nullable String sort) {
        if (listener != null && listeners.find(listener).isEmpty()) {
            return noListener(listener);
        }
        try {
            Stream<? extends Connection> found = listeners.all().stream()
                    .filter(candidate -> listener == null || candidate.name().equals(listener))
                    .flatMap(one -> one.transport().connections().stream())
                    .filter(new ConnectionFilter(address, identity, idle));
            Page page = Page.of(offset, limit, sort);
            return new WebEndpointResponse<>(
                    page == null ? new Descriptions(found.map(Description::of).toList()) : page(page, found));
        } catch (IllegalArgumentException ex) {
            return Refusal.badRequest(String.valueOf(ex.getMessage()));
        }
    }

    /** Only those on the page are described. */
    private static DescriptionsPage page(Page page, Stream<? extends Connection> found) {
        List<Connection> sorted = new ConnectionOrder(page.sort(), page.descending()).sorted(found);
        return new DescriptionsPage(
                sorted.stream()
                        .skip(page.offset())
                        .limit(page.limit())
                        .map(Description::of)
                        .toList(),
                sorted.size());
    }

    @ReadOperation
    WebEndpointResponse<Object> connection(@Selector String id) {
        return find(id).map(connection -> new WebEndpointResponse<Object>(Description.of(connection)))
                .orElseGet(() -> noConnection(id));
    }

    /**
     * Sends to one peer, framed as its listener frames replies.
     *
     * @param expect a pattern in hex: the call waits until the peer says something like that, and returns it
     * @param expectText the same as text
     * @param timeout how long it waits; 10 seconds if absent
     * @param forward whether the answer goes its way all the same; it does if absent
     */
    @WriteOperation
    WebEndpointResponse<Object> send(
            @Selector String id,
            @Nullable String text,
            @Nullable String base64,
            @Nullable String hex,
            @Nullable String expect,
            @Nullable String expectText,
            @Nullable Duration timeout,
            @Nullable Boolean forward) {
        return find(id).map(connection -> send(
                        connection,
                        new Outgoing(text, base64, hex),
                        new Expected(expect, expectText, timeout, forward)))
                .orElseGet(() -> noConnection(id));
    }

    /**
     * Sends to every peer of a listener, side by side, and answers to how many; or to one device, by its identity.
     *
     * @param listener may be absent where an identity is given
     */
    @WriteOperation
    WebEndpointResponse<Object> broadcast(
            @Nullable String listener,
            @Nullable String identity,
            @Nullable String text,
            @Nullable String base64,
            @Nullable String hex,
            @Nullable String expect,
            @Nullable String expectText,
            @Nullable Duration timeout,
            @Nullable Boolean forward) {
        if (listener != null && listeners.find(listener).isEmpty()) {
            return noListener(listener);
        }
        Outgoing outgoing = new Outgoing(text, base64, hex);
        Expected expected = new Expected(expect, expectText, timeout, forward);
        if (identity != null) {
            return sendToDevice(identity, listener, outgoing, expected);
        }
        if (listener == null) {
            return Refusal.badRequest("'listener' or 'identity' is needed");
        }
        if (expected.isSaid()) {
            return Refusal.badRequest("'expect' is for one peer. Send to its 'identity', or to its id");
        }
        Listener found = listeners.find(listener).orElseThrow();
        return send(found, found.transport().connections(), outgoing, done -> WebEndpointResponse.STATUS_OK);
    }

    private WebEndpointResponse<Object> sendToDevice(
            String identity, @Nullable String listener, Outgoing outgoing, Expected expected) {
        List<Connection> found = listeners.all().stream()
                .filter(candidate -> listener == null || candidate.name().equals(listener))
                .<Connection>mapMulti((candidate, into) ->
                        candidate.transport().identified(identity).ifPresent(into))
                .distinct()
                .toList();
        return switch (found.size()) {
            case 0 -> Refusal.notFound("no device '" + identity + "' is connected");
            case 1 -> send(found.getFirst(), outgoing, expected);
            default ->
                Refusal.conflict("devices of several listeners are called '" + identity + "': "
                        + found.stream().map(Connection::listener).collect(Collectors.joining(", "))
                        + ". Name the 'listener', too");
        };
    }

    private WebEndpointResponse<Object> send(Connection peer, Outgoing outgoing, Expected expected) {
        Listener listener = listeners.find(peer.listener()).orElseThrow();
        if (expected.isSaid()) {
            return expected.exchange(peer, listener, outgoing);
        }
        return send(
                listener,
                List.of(peer),
                outgoing,
                done -> done.sent() > 0 ? WebEndpointResponse.STATUS_OK : done.unfinished() > 0 ? ACCEPTED : GONE);
    }

    private WebEndpointResponse<Object> send(
            Listener listener,
            Collection<? extends Connection> peers,
            Outgoing outgoing,
            ToIntFunction<Broadcast.Sent> status) {
        Origin origin =
                peers.size() == 1 ? peers.iterator().next().origin() : new Origin(listener.name(), "", "", NOBODY);
        try {
            return broadcast
                    .send(outgoing.payload(listener, origin), peers)
                    .map(done -> new WebEndpointResponse<Object>(done, status.applyAsInt(done)))
                    .orElseGet(() -> Refusal.unavailable(
                            "connections hold as much memory as 'sluice.memory.limit' allows; try again later"));
        } catch (IllegalArgumentException ex) {
            return Refusal.badRequest(String.valueOf(ex.getMessage()));
        }
    }

    @DeleteOperation
    WebEndpointResponse<Object> close(@Selector String id) {
        Optional<Connection> found = find(id);
        if (found.isEmpty()) {
            return noConnection(id);
        }
        found.get().close(Reason.Closed.OPERATOR);
        return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
    }

    private static WebEndpointResponse<Object> noListener(String name) {
        return Refusal.notFound("there is no listener '" + name + "'");
    }

    private static WebEndpointResponse<Object> noConnection(String id) {
        return Refusal.notFound("there is no open connection '" + id + "'");
    }

    private Optional<Connection> find(String id) {
        return listeners.all().stream()
                .<Connection>mapMulti(
                        (listener, found) -> listener.transport().connection(id).ifPresent(found))
                .findFirst();
    }
}

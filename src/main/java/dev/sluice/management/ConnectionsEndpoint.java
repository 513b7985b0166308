package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
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
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.annotation.DeleteOperation;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.http.HttpStatus;

/** Shows open connections, sends to them and closes them: {@code /actuator/connections}. */
@Endpoint(id = "connections")
final class ConnectionsEndpoint {

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

    /** @param total how many there are on all pages; left out unless a page was asked for */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Descriptions(
            List<Description> connections, @Nullable Integer total) {}

    /**
     * Those of one listener, of one device, from one network, of whom nothing was read for long, or all.
     *
     * @param limit how many a page has; all are shown if absent
     */
    @ReadOperation
    Descriptions connections(
            @Nullable String listener,
            @Nullable String address,
            @Nullable String identity,
            @Nullable String idle,
            @Nullable String offset,
            @Nullable String limit,
            @Nullable String sort) {
        Stream<Connection> wanted = named(listener).stream()
                .<Connection>flatMap(one -> one.transport().connections().stream())
                .filter(new ConnectionFilter(address, identity, idle));
        Page page = Page.of(offset, limit, sort);
        List<Connection> found = page.isAll() ? wanted.toList() : new ConnectionOrder(page).sorted(wanted);
        return new Descriptions(page.of(found).map(Description::of).toList(), page.total(found.size()));
    }

    @ReadOperation
    Description connection(@Selector String id) {
        return Description.of(find(id));
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
    Object send(
            @Selector String id,
            @Nullable String text,
            @Nullable String base64,
            @Nullable String hex,
            @Nullable String expect,
            @Nullable String expectText,
            @Nullable Duration timeout,
            @Nullable Boolean forward) {
        return send(find(id), new Outgoing(text, base64, hex), new Expected(expect, expectText, timeout, forward));
    }

    /**
     * Sends to every peer of a listener, side by side, and answers to how many; or to one device, by its identity.
     *
     * @param listener may be absent where an identity is given
     */
    @WriteOperation
    Object broadcast(
            @Nullable String listener,
            @Nullable String identity,
            @Nullable String text,
            @Nullable String base64,
            @Nullable String hex,
            @Nullable String expect,
            @Nullable String expectText,
            @Nullable Duration timeout,
            @Nullable Boolean forward) {
        Collection<Listener> candidates = named(listener);
        Outgoing outgoing = new Outgoing(text, base64, hex);
        Expected expected = new Expected(expect, expectText, timeout, forward);
        if (identity != null) {
            return send(device(identity, candidates), outgoing, expected);
        }
        if (listener == null) {
            throw Refused.badRequest("'listener' or 'identity' is needed");
        }
        if (expected.isSaid()) {
            throw Refused.badRequest("'expect' is for one peer. Send to its 'identity', or to its id");
        }
        Listener found = candidates.iterator().next();
        return send(found, found.transport().connections(), outgoing, _ -> HttpStatus.OK);
    }

    private static Connection device(String identity, Collection<Listener> candidates) {
        List<Connection> found = candidates.stream()
                .<Connection>mapMulti((candidate, into) ->
                        candidate.transport().identified(identity).ifPresent(into))
                .distinct()
                .toList();
        return switch (found.size()) {
            case 0 -> throw Refused.notFound("no device '" + identity + "' is connected");
            case 1 -> found.getFirst();
            default ->
                throw Refused.conflict("devices of several listeners are called '" + identity + "': "
                        + found.stream().map(Connection::listener).collect(Collectors.joining(", "))
                        + ". Name the 'listener', too");
        };
    }

    private Object send(Connection peer, Outgoing outgoing, Expected expected) {
        Listener listener = listeners.find(peer.listener()).orElseThrow();
        if (expected.isSaid()) {
            return expected.exchange(peer, listener, outgoing);
        }
        return send(
                listener,
                List.of(peer),
                outgoing,
                done -> done.sent() > 0
                        ? HttpStatus.OK
                        : done.unfinished() > 0 ? HttpStatus.ACCEPTED : HttpStatus.GONE);
    }

    private WebEndpointResponse<Broadcast.Sent> send(
            Listener listener,
            Collection<? extends Connection> peers,
            Outgoing outgoing,
            Function<Broadcast.Sent, HttpStatus> status) {
        Origin origin =
                peers.size() == 1 ? peers.iterator().next().origin() : new Origin(listener.name(), "", "", NOBODY);
        try {
            return broadcast
                    .send(outgoing.payload(listener, origin), peers)
                    .map(done ->
                            new WebEndpointResponse<>(done, status.apply(done).value()))
                    .orElseThrow(() -> Refused.unavailable(
                            "connections hold as much memory as 'sluice.memory.limit' allows; try again later"));
        } catch (IllegalArgumentException ex) {
            throw Refused.badRequest(ex.getMessage());
        }
    }

    @DeleteOperation
    WebEndpointResponse<Object> close(@Selector String id) {
        find(id).close(Reason.Closed.OPERATOR);
        return new WebEndpointResponse<>(WebEndpointResponse.STATUS_NO_CONTENT);
    }

    /** Returns the listener of that name; all if there is no name. */
    private Collection<Listener> named(@Nullable String name) {
        return name == null
                ? listeners.all()
                : List.of(listeners.find(name).orElseThrow(() -> Refused.noListener(name)));
    }

    private Connection find(String id) {
        return listeners.all().stream()
                .<Connection>mapMulti(
                        (listener, found) -> listener.transport().connection(id).ifPresent(found))
                .findFirst()
                .orElseThrow(() -> Refused.notFound("there is no open connection '" + id + "'"));
    }
}

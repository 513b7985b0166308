package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Reason;
import dev.sluice.transport.framing.FrameBuffer;
import java.nio.charset.Charset;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.ToIntFunction;
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
                    connection.tlsSubject().orElse(null),
                    connection.openedAt(),
                    connection.lastReadAt(),
                    new Count(connection.messagesIn(), connection.messagesOut()),
                    new Count(connection.bytesIn(), connection.bytesOut()));
        }
    }

    record Descriptions(List<Description> connections) {}

    /** Those of one listener, or of all. */
    @ReadOperation
    WebEndpointResponse<Object> connections(@Nullable String listener) {
        if (listener != null && listeners.find(listener).isEmpty()) {
            return noListener(listener);
        }
        return new WebEndpointResponse<>(new Descriptions(listeners.all().stream()
                .filter(candidate -> listener == null || candidate.name().equals(listener))
                .flatMap(found -> found.transport().connections().stream())
                .map(Description::of)
                .toList()));
    }

    @ReadOperation
    WebEndpointResponse<Object> connection(@Selector String id) {
        return find(id).map(connection -> new WebEndpointResponse<Object>(Description.of(connection)))
                .orElseGet(() -> noConnection(id));
    }

    /** Sends to one peer, framed as its listener frames replies. */
    @WriteOperation
    WebEndpointResponse<Object> send(@Selector String id, @Nullable String text, @Nullable String base64) {
        Optional<Connection> found = find(id);
        if (found.isEmpty()) {
            return noConnection(id);
        }
        Listener listener = listeners.find(found.get().listener()).orElseThrow();
        return send(
                listener,
                List.of(found.get()),
                text,
                base64,
                done -> done.sent() > 0 ? WebEndpointResponse.STATUS_OK : done.unfinished() > 0 ? ACCEPTED : GONE);
    }

    /** Sends to every peer of a listener, side by side, and answers to how many. */
    @WriteOperation
    WebEndpointResponse<Object> broadcast(String listener, @Nullable String text, @Nullable String base64) {
        Optional<Listener> found = listeners.find(listener);
        if (found.isEmpty()) {
            return noListener(listener);
        }
        return send(
                found.get(),
                found.get().transport().connections(),
                text,
                base64,
                done -> WebEndpointResponse.STATUS_OK);
    }

    private WebEndpointResponse<Object> send(
            Listener listener,
            Collection<? extends Connection> peers,
            @Nullable String text,
            @Nullable String base64,
            ToIntFunction<Broadcast.Sent> status) {
        FrameBuffer frame;
        try {
            frame = listener.transport()
                    .frame(payload(text, base64, listener.properties().charset()));
        } catch (IllegalArgumentException ex) {
            return Refusal.badRequest(String.valueOf(ex.getMessage()));
        }
        return broadcast
                .send(frame, peers)
                .map(done -> new WebEndpointResponse<Object>(done, status.applyAsInt(done)))
                .orElseGet(() -> Refusal.unavailable(
                        "connections hold as much memory as 'sluice.memory.limit' allows; try again later"));
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

    /**
     * @throws IllegalArgumentException saying what of the two is wrong
     */
    private static byte[] payload(@Nullable String text, @Nullable String base64, Charset charset) {
        if ((text == null) == (base64 == null)) {
            throw new IllegalArgumentException("exactly one of 'text' and 'base64' is needed");
        }
        if (text != null) {
            return text.getBytes(charset);
        }
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("'base64' is not valid: " + ex.getMessage(), ex);
        }
    }
}

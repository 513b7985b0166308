package dev.sluice.management;

import dev.sluice.delivery.DurableRoute;
import dev.sluice.delivery.Route;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.delivery.spool.SpoolState;
import dev.sluice.listener.Listener;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Comparator;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A listener in brief. Nothing of it is looked up on disk.
 *
 * @param enabled whether it is to run, as declared
 * @param address null for one that dials
 * @param open connections
 * @param limit how many there may be; null for UDP
 * @param rejected connections
 * @param away devices that it dials and that are not connected
 * @param delivery where its messages go; null if it has no sinks
 * @param failure why its last start failed
 */
record OverviewRow(
        String state,
        boolean enabled,
        String transport,
        @Nullable String address,
        @Nullable Integer port,
        int open,
        @Nullable Integer limit,
        int away,
        long received,
        long dropped,
        long failed,
        long rejected,
        @Nullable Delivery delivery,
        @Nullable String failure) {

    /**
     * What waits for the sinks of a listener.
     *
     * @param sink the one that most waits for, or that fails
     * @param messages that wait for it
     * @param bytes of all in the spool; 0 without one
     * @param capacity how many there may be; 0 without a spool
     * @param held whether it is full and holds what comes
     * @param failing whether the last send to that sink failed
     * @param lastError of that sink, though it may have worked since
     * @param failure why the spool cannot be written or asked
     */
    record Delivery(
            @Nullable String sink,
            long messages,
            long bytes,
            long capacity,
            boolean held,
            long deadLetters,
            boolean failing,
            @Nullable String lastError,
            @Nullable Instant lastErrorAt,
            @Nullable String failure) {

        static Delivery of(Route route) {
            try {
                Optional<SinkLedger> worst = route.ledgers().stream()
                        .max(Comparator.comparing(SinkLedger::isFailing).thenComparing(route::spooled));
                SpoolState state =
                        route instanceof DurableRoute durable ? durable.spool().state() : null;
                String lastError = worst.map(SinkLedger::lastError).orElse(null);
                return new Delivery(
                        worst.map(SinkLedger::sink).orElse(null),
                        worst.map(route::spooled).orElse(0L),
                        state == null ? 0 : state.bytes(),
                        state == null ? 0 : state.capacity(),
                        state != null && state.heldSince() != null,
                        state == null ? 0 : state.deadLetters(),
                        worst.map(SinkLedger::isFailing).orElse(false),
                        lastError,
                        lastError == null
                                ? null
                                : Instant.ofEpochMilli(worst.orElseThrow().lastErrorAt()),
                        state == null ? null : state.failure());
            } catch (SpoolException ex) {
                return new Delivery(null, 0, 0, 0, false, 0, false, null, null, ex.getMessage());
            }
        }
    }

    static OverviewRow of(Listener listener) {
        Traffic traffic = listener.transport().traffic();
        Optional<InetSocketAddress> declared = listener.declaredAddress();
        Optional<InetSocketAddress> bound = listener.transport().localAddress();
        boolean connects = listener.properties().tcp() != null;
        return new OverviewRow(
                listener.state().name(),
                listener.properties().enabled(),
                listener.transport().name(),
                declared.map(InetSocketAddress::getHostString).orElse(null),
                bound.or(() -> declared).map(InetSocketAddress::getPort).orElse(null),
                listener.transport().connections().size(),
                connects ? listener.properties().limits().maxConnections() : null,
                listener.transport()
                        .devices()
                        .map(dialled -> dialled.declared() - dialled.up())
                        .orElse(0),
                traffic.received.sum(),
                sum(Reason.Dropped.values(), traffic::dropped),
                traffic.failed.sum(),
                sum(Reason.Rejected.values(), traffic::rejected),
                listener.route().map(Delivery::of).orElse(null),
                listener.failure().orElse(null));
    }

    private static <R extends Reason> long sum(R[] reasons, Function<R, LongAdder> adders) {
        return Stream.of(reasons).map(adders).mapToLong(LongAdder::sum).sum();
    }
}

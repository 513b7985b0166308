package dev.sluice.management;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.sluice.delivery.Route;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.listener.Listener;
import dev.sluice.text.KebabCase;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToLongBiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A listener as the endpoint shows it. The address and port are those bound, or while it is stopped those declared.
 *
 * @param address null for one that dials
 * @param devices that it dials; null for a port
 * @param tap what operators may see of its traffic
 * @param failure why its last start failed
 */
record ListenerDescription(
        String state,
        String transport,
        @Nullable String address,
        @Nullable Integer port,
        @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable Devices devices,
        Connections connections,
        Messages messages,
        Bytes bytes,
        String tap,
        @Nullable String failure) {

    /** @param absences why devices are away; not of all if there are many */
    record Devices(int up, int away, List<Absence> absences) {

        private static final int MOST_ABSENCES = 100;

        record Absence(String address, Instant since, String failure) {}

        static Devices of(dev.sluice.transport.Devices dialled) {
            int up = dialled.up();
            return new Devices(
                    up,
                    dialled.declared() - up,
                    dialled.absences(MOST_ABSENCES).stream()
                            .map(one -> new Absence(one.address(), one.since(), one.failure()))
                            .toList());
        }
    }

    record Connections(int open, long accepted, Map<String, Long> rejected, Map<String, Long> closed) {}

    /**
     * @param quiet of those accepted, the ones that were only answered
     * @param delivered to sinks, each counted for itself, as are spooled and dead letters
     * @param withheld replies to datagrams that were not sent
     * @param rules how many each fits, by its name
     */
    record Messages(
            long received,
            long accepted,
            long failed,
            long replied,
            long quiet,
            long delivered,
            long spooled,
            long deadLettered,
            long purged,
            Map<String, Long> dropped,
            Map<String, Long> withheld,
            Map<String, Long> rules) {}

    /** @param passedOver of those received, the ones between frames that belong to no message */
    record Bytes(long received, long sent, long passedOver) {}

    static ListenerDescription of(Listener listener) {
        Transport transport = listener.transport();
        Traffic traffic = transport.traffic();
        Optional<Route> route = listener.route();
        Optional<InetSocketAddress> declared = listener.declaredAddress();
        Optional<InetSocketAddress> bound = transport.localAddress();
        return new ListenerDescription(
                listener.state().name(),
                transport.name(),
                declared.map(InetSocketAddress::getHostString).orElse(null),
                bound.or(() -> declared).map(InetSocketAddress::getPort).orElse(null),
                transport.devices().map(Devices::of).orElse(null),
                new Connections(
                        transport.connections().size(),
                        traffic.connectionsAccepted.sum(),
                        counts(Reason.Rejected.values(), traffic::rejected),
                        counts(Reason.Closed.values(), traffic::closed)),
                new Messages(
                        traffic.received.sum(),
                        traffic.accepted.sum(),
                        traffic.failed.sum(),
                        traffic.replied.sum(),
                        traffic.quiet.sum(),
                        sum(route, (open, ledger) -> ledger.delivered()),
                        sum(route, (open, ledger) -> open.spooled(ledger)),
                        sum(route, (open, ledger) -> ledger.deadLettered()),
                        sum(route, (open, ledger) -> ledger.purged()),
                        counts(Reason.Dropped.values(), traffic::dropped),
                        counts(Reason.Withheld.values(), traffic::withheld),
                        counts(traffic.rules())),
                new Bytes(traffic.bytesReceived.sum(), traffic.bytesSent.sum(), traffic.bytesPassedOver.sum()),
                KebabCase.of(transport.tap().mode().name()),
                listener.failure().orElse(null));
    }

    private static long sum(Optional<Route> route, ToLongBiFunction<Route, SinkLedger> count) {
        return route.stream()
                .flatMapToLong(open -> open.ledgers().stream().mapToLong(ledger -> count.applyAsLong(open, ledger)))
                .sum();
    }

    private static Map<String, Long> counts(Map<String, LongAdder> adders) {
        Map<String, Long> counts = new TreeMap<>();
        adders.forEach((name, adder) -> counts.put(name, adder.sum()));
        return counts;
    }

    /** Only the reasons that have occurred. */
    private static <R extends Reason> Map<String, Long> counts(R[] reasons, Function<R, LongAdder> adders) {
        Map<String, Long> counts = new TreeMap<>();
        for (R reason : reasons) {
            long count = adders.apply(reason).sum();
            if (count > 0) {
                counts.put(reason.text(), count);
            }
        }
        return counts;
    }
}

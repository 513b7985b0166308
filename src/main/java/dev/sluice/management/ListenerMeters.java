package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.ListenerState;
import dev.sluice.listener.Listeners;
import dev.sluice.transport.Devices;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.Transport;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/** Shows the counters of listeners as meters. They are read when someone asks, and cost nothing until then. */
final class ListenerMeters extends RenewedMeters {

    private final Listeners listeners;

    ListenerMeters(Listeners listeners, MeterRegistry registry) {
        super(registry);
        this.listeners = listeners;
    }

    @Override
    void register() {
        listeners.all().forEach(this::register);
    }

    private void register(Listener listener) {
        Tags tags = Tags.of("listener", listener.name());
        Transport transport = listener.transport();
        Traffic traffic = transport.traffic();
        registerState(listener, tags);
        Gauge.builder("sluice.connections", transport, t -> t.connections().size())
                .description("Open connections")
                .tags(tags)
                .register(registry);
        if (listener.properties().tcp() != null) {
            Gauge.builder(
                            "sluice.connections.limit",
                            listener,
                            l -> l.properties().limits().maxConnections())
                    .description("How many connections may be open")
                    .tags(tags)
                    .register(registry);
        }
        transport.devices().ifPresent(devices -> {
            devices("up", tags, devices, Devices::up);
            devices("away", tags, devices, dialled -> dialled.declared() - dialled.up());
        });
        counter("sluice.connections.accepted", "Connections accepted", tags, traffic.connectionsAccepted);
        counter("sluice.accept.errors", "Failures to accept a connection", tags, traffic.acceptErrors);
        counter("sluice.messages.received", "Frames and datagrams read", tags, traffic.received);
        counter("sluice.messages.accepted", "Messages accepted", tags, traffic.accepted);
        counter("sluice.messages.failed", "Messages that could not be accepted", tags, traffic.failed);
        counter("sluice.messages.quiet", "Messages answered and not forwarded", tags, traffic.quiet);
        traffic.rules()
                .forEach((rule, messages) ->
                        counter("sluice.rules", "Messages that a rule fits", tags.and("rule", rule), messages));
        counter("sluice.messages.replied", "Replies written", tags, traffic.replied);
        counter("sluice.messages.mismatched", "Messages taken with a wrong checksum", tags, traffic.mismatched);
        counter("sluice.bytes.received", "Bytes read", tags, traffic.bytesReceived);
        counter("sluice.bytes.passed.over", "Bytes between frames, of no message", tags, traffic.bytesPassedOver);
        counter("sluice.bytes.sent", "Bytes written", tags, traffic.bytesSent);
        counters("sluice.connections.rejected", tags, Reason.Rejected.values(), traffic::rejected);
        counters("sluice.connections.closed", tags, Reason.Closed.values(), traffic::closed);
        counters("sluice.messages.dropped", tags, Reason.Dropped.values(), traffic::dropped);
        counters("sluice.replies.withheld", tags, Reason.Withheld.values(), traffic::withheld);
        FunctionCounter.builder(
                        "sluice.datagrams.dropped.kernel",
                        transport,
                        t -> t.datagramsDroppedByKernel().orElse(0L))
                .description("Datagrams that the kernel dropped because they were not taken in time")
                .tags(tags)
                .register(registry);
        timer("sluice.replies", "From a read to the replies to its frames written", tags, traffic.replies());
    }

    private void registerState(Listener listener, Tags tags) {
        Gauge.builder("sluice.listener.up", listener, l -> l.state() == ListenerState.RUNNING ? 1 : 0)
                .description("1 while the listener serves")
                .tags(tags)
                .register(registry);
        for (ListenerState state : ListenerState.values()) {
            Gauge.builder("sluice.listener.state", listener, l -> l.state() == state ? 1 : 0)
                    .description("1 for the state that the listener is in")
                    .tags(tags.and("state", state.name()))
                    .register(registry);
        }
    }

    private void devices(String state, Tags tags, Devices devices, ToDoubleFunction<Devices> count) {
        Gauge.builder("sluice.devices", devices, count)
                .description("Devices that are dialled, by state")
                .tags(tags.and("state", state))
                .register(registry);
    }

    private <R extends Reason> void counters(String name, Tags tags, R[] reasons, Function<R, LongAdder> adders) {
        for (R reason : reasons) {
            counter(name, "By reason", tags.and("reason", reason.text()), adders.apply(reason));
        }
    }
}

package dev.sluice.delivery;

import dev.sluice.message.Acceptance;
import java.util.List;

/** The way of a listener's messages to its sinks. Safe for use by any thread. */
public sealed interface Route extends Acceptance, AutoCloseable permits DirectRoute, DurableRoute {

    /** The listener's name. */
    String listener();

    /** Whether those who wait for room, for the disk or for a sink are refused instead, as when the listener stops. */
    void refuseHeld(boolean refuse);

    /** One for each sink, in the order that the owner gave. */
    List<SinkLedger> ledgers();

    /** How many messages were to go to a sink. */
    long routed(SinkLedger ledger);

    /** How many of them wait. */
    default long spooled(SinkLedger ledger) {
        return 0;
    }

    /** How many messages had been accepted by an earlier run and were still held when this one began. */
    default long inherited() {
        return 0;
    }

    /** Stops delivering; what waits stays in the spool. */
    @Override
    void close();
}

package dev.sluice.delivery;

import dev.sluice.message.Envelope;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The way of a listener's messages to its sinks. Safe for use by any thread. */
public sealed interface Route extends AutoCloseable permits DirectRoute, DurableRoute {

    /** The listener's name. */
    String listener();

    /**
     * Takes charge of messages that came together, and returns when that is done as well as the owner wants it. An interrupt
     * ends the wait for that: what is safe stays so, and what is not is refused. The thread is still interrupted then.
     *
     * @param messages at least one
     * @return null if all are safe; else an element for each, null for those that are
     */
    @Nullable
    Refusal @Nullable [] accept(List<? extends Envelope> messages);

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

    /**
     * Why the peer of a message is not told that all is well.
     *
     * @param reason in a few words that a peer may read: no names of sinks, hosts or files
     * @param kind what became of the message
     */
    record Refusal(String reason, Kind kind) {

        /** What became of a message. */
        public enum Kind {
            /** Nobody has it. */
            FAILED,
            /** Nobody has it, since the spool was full. */
            DROPPED,
            /** Nobody has it, since the thread was interrupted before. */
            INTERRUPTED,
            /** It is in the spool, but not every sink has it, as the peer wants to know. */
            UNDELIVERED
        }
    }
}

package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/** What a record of the log says. */
sealed interface Entry {

    /** What concerns one device. */
    sealed interface OfDevice extends Entry {
        Device device();
    }

    /** A device has connected. Always counts; its position is the epoch. */
    record Connected(Device device, long replica, long connection, Place place) implements OfDevice {}

    /** Where a device is, said again, or that it is gone. Counts unless a newer epoch is known. */
    record Present(Device device, long replica, long connection, long epoch, boolean connected, Place place)
            implements OfDevice {}

    /** Whoever has a device at the connection of an epoch is to close it. */
    record Hangup(Device device, long epoch) implements OfDevice {}

    /**
     * A claim on the flight of a device.
     *
     * @param connection that it is made for
     * @param sent what was sent last, or may be now
     * @param ended what is not to be sent any more, with the outcome that it will have
     * @param before for {@link Kind#SEND} what was sent before it and had no outcome
     */
    record Claim(
            Kind kind,
            Device device,
            long replica,
            long connection,
            long epoch,
            long number,
            @Nullable Sent sent,
            @Nullable End ended,
            @Nullable Sent before)
            implements OfDevice {

        enum Kind {
            SEND,
            END,
            AGAIN
        }

        /** What it is to every reader, once the log has stamped it. */
        Claim at(long stamp) {
            if (kind != Kind.SEND || sent == null || stamp <= sent.deadline()) {
                return this;
            }
            boolean first = sent.attempt() == 1;
            End late = new End(sent.command(), first ? Outcome.EXPIRED : Outcome.UNCONFIRMED);
            return new Claim(Kind.END, device, replica, connection, epoch, number, first ? null : before, late, null);
        }
    }

    /**
     * A flight of a command.
     *
     * @param number that its frame carries, the same in all attempts
     * @param deadline by the stamps of the log
     * @param partition of the command's record
     * @param position of the command's record
     */
    record Sent(
            String command,
            int attempt,
            long connection,
            long number,
            Mode mode,
            int attempts,
            long deadline,
            int partition,
            long position) {}

    /** A command that is not sent any more. */
    record End(String command, Outcome outcome) {}

    /**
     * A command, as it was submitted.
     *
     * @param listener that took it; empty if nobody knows
     */
    record Submitted(
            Device device,
            String id,
            Mode mode,
            int attempts,
            long ttlMillis,
            Confirm confirm,
            byte[] payload,
            String listener)
            implements OfDevice {}

    /**
     * What became of a command.
     *
     * @param attempts how often it was sent, or was to be, as far as its author knows
     */
    record Over(Device device, String id, Outcome outcome, int attempts) implements OfDevice {}

    /**
     * A replica lives.
     *
     * @param heard the position of its own last heartbeat that it has read; -1 if none
     */
    record Heartbeat(long replica, long heard) implements Entry {}

    /** A replica ends. */
    record Down(long replica) implements Entry {}

    /**
     * The outcomes of commands that a listener took have been handed over, up to a position. The last one of a listener
     * counts.
     */
    record Handed(String listener, long position) implements Entry {}

    /** How many commands of each outcome the log no longer holds. The last one counts. */
    final class Forgotten implements Entry {

        private final long[] counts;

        /** @param counts by the ordinal of the outcome */
        Forgotten(long[] counts) {
            this.counts = counts.clone();
        }

        long count(Outcome outcome) {
            return counts[outcome.ordinal()];
        }
    }
}

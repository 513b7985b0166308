package dev.sluice.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A connection of this replica, with the devices that are at it. */
final class Link {

    private final long id;
    private CommandTerms terms;
    private final @Nullable DeviceSocket socket;
    private final Map<Device, Binding> bindings = new LinkedHashMap<>(2);
    private final List<Binding> flights = new ArrayList<>(1);
    private boolean open = true;
    /** The greatest that a frame here has had. */
    private long lastNumber;

    /**
     * @param id unique among the connections of all replicas
     * @param socket null where none is needed
     */
    Link(long id, CommandTerms terms, @Nullable DeviceSocket socket) {
        this.id = id;
        this.terms = terms;
        this.socket = socket;
    }

    long id() {
        return id;
    }

    CommandTerms terms() {
        return terms;
    }

    /** What is sent from now on has these. */
    void terms(CommandTerms others) {
        terms = others;
    }

    /** Null if there is none. */
    @Nullable
    Device anyDevice() {
        return bindings.isEmpty() ? null : bindings.keySet().iterator().next();
    }

    boolean isNumbered() {
        return terms.numbers() > 0;
    }

    @Nullable
    DeviceSocket socket() {
        return socket;
    }

    Place place() {
        return socket == null ? Place.UNKNOWN : new Place(socket.listener(), socket.connection(), socket.remote());
    }

    Map<Device, Binding> bindings() {
        return bindings;
    }

    /** Those with a flight. */
    List<Binding> flights() {
        return flights;
    }

    boolean isOpen() {
        return open;
    }

    void closed() {
        open = false;
        for (Binding binding : flights) {
            Flying flying = binding.flying();
            if (flying != null) {
                flying.lost();
                Takeoff takeoff = flying.takeoff();
                if (takeoff != null) {
                    takeoff.callOff();
                }
            }
        }
    }

    /** The number on a frame and on its answer. */
    long number(Entry.Sent sent) {
        return isNumbered() ? sent.number() % terms.numbers() : 0;
    }

    /** Returns the number for a command that was not sent here before, at least this one. */
    long newNumber(long least) {
        lastNumber = Math.max(least, lastNumber + 1);
        return lastNumber;
    }

    /** Returns the number for another attempt: the same, unless something else has had it here. */
    long numberAgain(Entry.Sent sent, long least) {
        if (sent.connection() == id) {
            return sent.number();
        }
        return newNumber(sent.number() > lastNumber ? sent.number() : least);
    }

    /**
     * Returns whether an answer to another device's flight could be taken for one to this.
     *
     * @param released whether only flights matter that are not held back
     */
    boolean isTaken(Binding binding, long number, boolean released) {
        if (terms.named()) {
            return false;
        }
        for (Binding other : flights) {
            Flying flying = other.flying();
            if (other != binding
                    && flying != null
                    && flying.isOpen()
                    && (flying.isReleased() || !released)
                    && (!isNumbered() || number(flying.sent()) == number % terms.numbers())) {
                return true;
            }
        }
        return false;
    }

    /** Returns the flight that an answer is of; null if there is none, or the answer does not say enough. */
    @Nullable
    Flying answered(@Nullable Device device, long number) {
        Flying found = null;
        for (Binding binding : flights) {
            Flying flying = binding.flying();
            if (flying != null
                    && flying.isWritten()
                    && !flying.isAnswered()
                    && (device == null || device.equals(binding.device().device()))
                    && (!isNumbered() || number(flying.sent()) == number)) {
                found = flying;
            }
        }
        return found;
    }
}

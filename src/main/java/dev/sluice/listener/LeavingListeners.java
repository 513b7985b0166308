package dev.sluice.listener;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Listeners that are not declared any more. One that stands in the way of others is stopped while these come; the rest
 * go when all has come about. Used by one thread.
 */
final class LeavingListeners {

    private final List<Listener> all = new ArrayList<>();
    private final List<Listener> stopped = new ArrayList<>();
    /** Those of the stopped ones that had been started. */
    private final Set<Listener> started = new HashSet<>();
    /** Those of which the beans are gone. */
    private final Set<Listener> removed = new HashSet<>();

    void add(Listener listener) {
        all.add(listener);
    }

    /**
     * Stops those that hold a port, or a name, which others want.
     *
     * @throws ListenerException if one cannot be stopped
     */
    void makeWay(Set<Integer> ports, Set<String> names) {
        for (Listener listener : all) {
            boolean inTheWay = listener.transport()
                    .localAddress()
                    .map(InetSocketAddress::getPort)
                    .filter(ports::contains)
                    .isPresent();
            if (inTheWay || names.contains(listener.name())) {
                if (listener.state() != ListenerState.STOPPED) {
                    started.add(listener);
                }
                stopped.add(listener);
                listener.stop();
            }
        }
    }

    /** Removes one of which the name is wanted. */
    void remove(Listener listener) {
        listener.remove();
        removed.add(listener);
    }

    /** Returns those that are still to be removed. */
    List<Listener> remaining() {
        return all.stream().filter(listener -> !removed.contains(listener)).toList();
    }

    /** Returns those that were stopped. */
    List<Listener> stopped() {
        return stopped;
    }

    /**
     * Has one again that was stopped.
     *
     * @param by all listeners, among which it takes its place
     * @param anew makes one again that was removed
     * @throws ListenerException if it cannot be started
     */
    void restore(Listener listener, Map<String, Listener> by, UnaryOperator<Listener> anew) {
        Listener again = removed.contains(listener) ? anew.apply(listener) : listener;
        by.put(listener.name(), again);
        if (started.contains(listener)) {
            again.start();
        }
    }
}

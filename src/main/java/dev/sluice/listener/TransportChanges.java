package dev.sluice.listener;

import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.transport.TransportChange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * What is to be done about the transports of listeners that stay: prepared one by one, committed in two turns, so that
 * those which leave their port for a moment come last, and undone in the reverse order. Used once, by one thread.
 */
final class TransportChanges {

    /**
     * @param properties that the listener is to have
     */
    private record Planned(Listener listener, ListenerProperties properties, TransportChange change) {}

    private final ListenerFactory factory;
    private final ListenerFactory.Surroundings around;
    private final List<Planned> all = new ArrayList<>();
    /** Those of which something may have been done. */
    private final List<Planned> touched = new ArrayList<>();

    TransportChanges(ListenerFactory factory, ListenerFactory.Surroundings around) {
        this.factory = factory;
        this.around = around;
    }

    /**
     * Prepares that a listener has other properties.
     *
     * @param heldByUs whether this process holds a port
     * @throws IOException if a port cannot be had
     */
    void prepare(Listener listener, ListenerProperties properties, IntPredicate heldByUs) throws IOException {
        try {
            all.add(new Planned(listener, properties, factory.change(listener, properties, around, heldByUs)));
        } catch (IOException ex) {
            throw described(listener, properties, ex);
        }
    }

    private static IOException described(Listener listener, ListenerProperties properties, IOException ex) {
        String why = Listener.declaredAddress(properties)
                .map(wanted -> Listener.describe(ex, wanted))
                .orElse(String.valueOf(ex.getMessage()));
        return new IOException("Listener '" + listener.name() + "': " + why, ex);
    }

    List<Listener> listeners() {
        return all.stream().map(Planned::listener).toList();
    }

    /** Returns the names of listeners whose port is not served for a moment. */
    List<String> gaps() {
        return all.stream()
                .filter(planned -> planned.change().hasGap())
                .map(planned -> planned.listener().name())
                .toList();
    }

    /**
     * Does what leaves no port unserved.
     *
     * @throws IOException if a port could not be had after all
     */
    void commitWithoutGap() throws IOException {
        for (Planned planned : all) {
            if (!planned.change().hasGap()) {
                touched.add(planned);
                commit(planned);
            }
        }
    }

    /**
     * Does the rest. All let their ports go before the first takes another.
     *
     * @throws IOException if a port could not be had after all
     */
    void commitWithGap() throws IOException {
        List<Planned> gaps =
                all.stream().filter(planned -> planned.change().hasGap()).toList();
        for (Planned planned : gaps) {
            touched.add(planned);
            planned.change().release();
        }
        for (Planned planned : gaps) {
            commit(planned);
        }
    }

    private static void commit(Planned planned) throws IOException {
        try {
            planned.change().commit();
        } catch (IOException ex) {
            throw described(planned.listener(), planned.properties(), ex);
        }
    }

    /** All is as before. A listener of which the transport cannot be has failed. */
    void undo() {
        touched.reversed().forEach(planned -> undo(planned, "cannot have its port again: "));
        all.stream().filter(planned -> !touched.contains(planned)).forEach(planned -> undo(planned, ""));
    }

    private static void undo(Planned planned, String problem) {
        try {
            planned.change().undo();
        } catch (IOException | RuntimeException ex) {
            planned.listener().fail(problem + ex.getMessage());
        }
    }

    /** Lets go of what is not needed any more. */
    void retire() {
        all.forEach(planned -> planned.change().retire());
    }
}

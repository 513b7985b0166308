package dev.sluice.management;

import dev.sluice.delivery.Routes;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.management.page.Topic;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One listener and its spool, once a second. */
final class ListenerTopic implements Topic {

    private final Listeners listeners;
    private final Routes routes;

    ListenerTopic(Listeners listeners, Routes routes) {
        this.listeners = listeners;
        this.routes = routes;
    }

    /**
     * A listener at a moment.
     *
     * @param at in milliseconds since the epoch
     * @param listener null if there is none of that name any more
     * @param spool null if it has none, or the spool cannot be read just now
     */
    record Glance(
            long at,
            String name,
            @Nullable ListenerDescription listener,
            @Nullable SpoolDescription spool) {}

    @Override
    public String name() {
        return "listener";
    }

    /** Also of one that there is not, or not yet: the stream has other topics. */
    @Override
    public Source open(String subject, String user) {
        return new Beat(() -> glance(subject));
    }

    private Glance glance(String name) {
        Optional<Listener> listener = listeners.find(name);
        return new Glance(
                System.currentTimeMillis(),
                name,
                listener.map(ListenerDescription::of).orElse(null),
                listener.map(_ -> spool(name)).orElse(null));
    }

    private @Nullable SpoolDescription spool(String name) {
        try {
            return routes.findSpool(name)
                    .map(spool -> SpoolDescription.summary(spool, !routes.isInUse(spool)))
                    .orElse(null);
        } catch (SpoolException _) {
            return null;
        }
    }
}

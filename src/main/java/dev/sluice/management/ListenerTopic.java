package dev.sluice.management;

import dev.sluice.delivery.Routes;
import dev.sluice.delivery.spool.SpoolException;
import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.management.page.Topic;
import java.util.List;
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
        Beat beat = new Beat();
        return () -> beat.isDue() ? List.of(glance(subject)) : List.of();
    }

    private Glance glance(String name) {
        @Nullable Listener listener = listeners.find(name).orElse(null);
        return new Glance(
                System.currentTimeMillis(),
                name,
                listener == null ? null : ListenerDescription.of(listener),
                listener == null ? null : spool(name));
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

package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.transport.TapMode;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;

/** Where operators look at the traffic of listeners: a few at a time, each told of in the log. Safe for any thread. */
public final class Taps implements DisposableBean {

    /** So many may be open at once, of all listeners. */
    static final int MOST = 5;

    private static final Logger log = LoggerFactory.getLogger(Taps.class);

    private final Listeners listeners;
    private final Duration mostTime;
    private final Semaphore places = new Semaphore(MOST);
    private final Set<OpenTap> open = ConcurrentHashMap.newKeySet();

    /** @param mostTime how long each may be open */
    Taps(Listeners listeners, Duration mostTime) {
        this.listeners = listeners;
        this.mostTime = mostTime;
    }

    /**
     * Begins to look at a listener. Whoever calls has seen to it that this is for an operator.
     *
     * @param who the user, for the log
     * @return nothing if as many look already as may
     * @throws IllegalArgumentException if there is no such listener, or it says {@code tap: off}; for the user to read
     */
    public Optional<OpenTap> open(String listener, String who) {
        Listener found = listeners
                .find(listener)
                .orElseThrow(() -> new IllegalArgumentException("there is no listener '" + listener + "'"));
        if (found.transport().tap().mode() == TapMode.OFF) {
            throw new IllegalArgumentException("listener '" + listener
                    + "' shows nobody its traffic: 'tap' is 'off'. Write 'length' or 'payload' to allow it");
        }
        // Nobody may ask any more for one whose time is over.
        open.forEach(OpenTap::endIfDue);
        if (!places.tryAcquire()) {
            return Optional.empty();
        }
        OpenTap tap = new OpenTap(found, mostTime, this::isThere, (ended, why) -> {
            open.remove(ended);
            places.release();
            log.info("Listener '{}': user '{}' looks at its traffic no more: {}", listener, who, why);
        });
        open.add(tap);
        log.info("Listener '{}': user '{}' looks at its traffic", listener, who);
        tap.begin();
        return Optional.of(tap);
    }

    boolean knows(String listener) {
        return listeners.find(listener).isPresent();
    }

    private boolean isThere(OpenTap tap) {
        return listeners.find(tap.listener().name()).filter(tap::isAt).isPresent();
    }

    @Override
    public void destroy() {
        open.forEach(OpenTap::close);
    }
}

package dev.sluice.transport;

/**
 * What a listener's owner wants of its transport now: by which settings it serves its peers, whether it is paused, and
 * whether it drains. Safe for use by any thread.
 *
 * <p>A thread that serves peers takes the settings up once a read, never a message, so that all that one read brought
 * is handled by the same.
 */
public final class Steering {

    private final PauseGate gate = new PauseGate();
    /** Replaced as a whole, if it is. */
    private volatile TransportSettings settings;

    private volatile boolean draining;
    private final Tap tap = new Tap(() -> settings().tap());

    public Steering(TransportSettings settings) {
        this.settings = settings;
    }

    /** Those that count from now on. */
    public TransportSettings settings() {
        return settings;
    }

    /**
     * Has peers served by these from now on. A thread that serves peers takes them up when its next read returns.
     */
    public void serveBy(TransportSettings changed) {
        settings = changed;
    }

    /** Returns the gate, which is closed while the listener is paused. */
    public PauseGate gate() {
        return gate;
    }

    /** Returns where operators look at what comes and goes. */
    public Tap tap() {
        return tap;
    }

    /** Peers are served from now on. */
    public void begin() {
        draining = false;
        gate.open();
    }

    /** What is in progress is ended from now on, and nothing new begun. */
    public void drain() {
        draining = true;
    }

    public boolean isDraining() {
        return draining;
    }
}

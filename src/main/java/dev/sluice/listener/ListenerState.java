package dev.sluice.listener;

/** Where a listener is in its life. */
public enum ListenerState {
    STOPPED,
    /** Taking its port. */
    STARTING,
    RUNNING,
    /** Neither accepts nor reads; its connections stay. */
    PAUSED,
    /** Ending what is in progress. */
    DRAINING,
    /** Could not take its port. */
    FAILED
}

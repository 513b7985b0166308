package dev.sluice.transport;

/** What operators who look at the traffic of a listener may see of it. */
public enum TapMode {
    /** The bytes. */
    PAYLOAD,
    /** How many there are, and whose. */
    LENGTH,
    /** Nothing. */
    OFF
}

package dev.sluice.transport;

/** Knows which devices are served. Safe for use by many threads; may wait for an answer from elsewhere. */
public interface KnownDevices {

    /** What is known of a device. */
    enum Verdict {
        /** It is served. */
        KNOWN,
        /** It is not. */
        UNKNOWN,
        /** Nobody can tell now. */
        UNANSWERED
    }

    /** Returns what is known of the device with this identity. */
    Verdict ask(String identity);
}

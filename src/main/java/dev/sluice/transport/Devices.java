package dev.sluice.transport;

import java.time.Instant;
import java.util.List;

/** The devices that a listener dials, as an operator sees them. Safe for use by any thread. */
public interface Devices {

    /** Returns how many there are. */
    int declared();

    /** Returns how many of them are connected. */
    int up();

    /** Returns those that were dialled in vain or have gone, in the order in which they are declared. */
    List<Absence> absences(int most);

    /**
     * Why a device is away.
     *
     * @param address as declared, with its port
     * @param since when it went, or was first dialled
     * @param failure of the last attempt, or how its connection ended; in words
     */
    record Absence(String address, Instant since, String failure) {}
}

package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/** A device at a connection of this replica. */
final class Binding {

    private final Link link;
    private final DeviceState device;
    /** Whether the log has said that the device is here, which it may have taken back since. */
    private boolean announced;

    private @Nullable Underway announcement;
    private @Nullable Flying flying;

    Binding(Link link, DeviceState device) {
        this.link = link;
        this.device = device;
    }

    Link link() {
        return link;
    }

    DeviceState device() {
        return device;
    }

    boolean isAnnounced() {
        return announced;
    }

    void announced() {
        announced = true;
        announcement = null;
    }

    @Nullable
    Underway announcement() {
        return announcement;
    }

    void announcement(Underway record) {
        announcement = record;
    }

    @Nullable
    Flying flying() {
        return flying;
    }

    void flying(@Nullable Flying other) {
        if (flying != null) {
            link.flights().remove(this);
            Takeoff takeoff = flying.takeoff();
            if (takeoff != null) {
                takeoff.callOff();
            }
        }
        flying = other;
        if (other != null) {
            link.flights().add(this);
        }
    }
}

package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/**
 * How a replica stands to a device.
 *
 * @param mine whether the log has the device at this replica
 * @param held the open connection, if it is
 * @param alive whether the device is at a replica that lives
 * @param owner whether this replica decides what becomes of its commands
 */
record Standing(boolean mine, @Nullable Binding held, boolean alive, boolean owner) {

    static Standing of(DeviceState state, Replica replica) {
        boolean mine = state.isConnected() && state.replica() == replica.id();
        boolean alive = state.isConnected() && !replica.replicas().isDead(state.replica());
        boolean owner =
                mine || !alive && replica.holds(Rule.CARE) && replica.replicas().isCaretaker(state.device());
        return new Standing(mine, mine ? state.held() : null, alive, owner);
    }
}

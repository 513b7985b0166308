package dev.sluice.command;

import org.jspecify.annotations.Nullable;

/**
 * The last claim on the flight of a device that counts. Most devices have none.
 *
 * @param position of its record
 */
record Claimed(long epoch, long number, Entry.@Nullable Sent sent, Entry.@Nullable End ended, long position) {

    static final Claimed NONE = new Claimed(-1, 0, null, null, -1);
}

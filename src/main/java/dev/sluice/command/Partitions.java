package dev.sluice.command;

/**
 * Which order a record has its position in. What concerns one device is in one order; presence and flights of a device
 * share theirs.
 *
 * @param each how many orders there are for each of devices, commands, and outcomes; 0 if all records share one
 */
record Partitions(int each) {

    /** All that is said is in one order. */
    static final Partitions ONE = new Partitions(0);

    int count() {
        return 3 * each + 1;
    }

    int replicas() {
        return 3 * each;
    }

    int devices(Device device) {
        return each == 0 ? 0 : Math.floorMod(device.hash(), each);
    }

    int commands(Device device) {
        return each + devices(device);
    }

    int outcomes(Device device) {
        return 2 * each + devices(device);
    }

    /** Returns whether an entry may be in a partition. Commands are in any of theirs: others write them, too. */
    boolean isFor(Entry entry, int partition) {
        int own = of(entry);
        return entry instanceof Entry.Submitted ? partition / each == 1 : own == partition;
    }

    int of(Entry entry) {
        return switch (entry) {
            case Entry.Connected connected -> devices(connected.device());
            case Entry.Present present -> devices(present.device());
            case Entry.Claim claim -> devices(claim.device());
            case Entry.Submitted submitted -> commands(submitted.device());
            case Entry.Over over -> outcomes(over.device());
            case Entry.Heartbeat _, Entry.Down _, Entry.Hangup _, Entry.Forgotten _, Entry.Handed _ -> replicas();
        };
    }
}

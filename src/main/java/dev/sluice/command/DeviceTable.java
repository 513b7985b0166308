package dev.sluice.command;

import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/** Devices by who they are. A map would take some 30 bytes more for each of them. */
final class DeviceTable implements Iterable<DeviceState> {

    private static final int SMALLEST = 16;
    private static final int GOLDEN = 0x9E3779B9;

    /** Each stands in the slot that its hash names, or in the next one that was free. At least a third is free. */
    private @Nullable DeviceState[] slots = new @Nullable DeviceState[SMALLEST];

    private int size;

    @Nullable
    DeviceState find(Device device) {
        return slots[slot(device)];
    }

    DeviceState findOrAdd(Device device) {
        int slot = slot(device);
        DeviceState known = slots[slot];
        if (known != null) {
            return known;
        }
        DeviceState added = new DeviceState(device);
        slots[slot] = added;
        size++;
        if (size > slots.length / 3 * 2) {
            grow();
        }
        return added;
    }

    void remove(DeviceState state) {
        int slot = slot(state.device());
        if (slots[slot] == state) {
            slots[slot] = null;
            size--;
            closeUp(slot);
        }
    }

    /** Those behind a slot may stand there only because it was taken. */
    private void closeUp(int free) {
        int slot = next(free);
        for (DeviceState each = slots[slot]; each != null; each = slots[slot]) {
            slots[slot] = null;
            slots[slot(each.device())] = each;
            slot = next(slot);
        }
    }

    private void grow() {
        @Nullable DeviceState[] before = slots;
        slots = new @Nullable DeviceState[2 * before.length];
        for (DeviceState each : before) {
            if (each != null) {
                slots[slot(each.device())] = each;
            }
        }
    }

    /** Returns where a device stands, or would stand. */
    private int slot(Device device) {
        int slot = device.hash() * GOLDEN >>> 1 + Integer.numberOfLeadingZeros(slots.length);
        for (DeviceState each = slots[slot]; each != null; each = slots[slot]) {
            if (each.device().equals(device)) {
                return slot;
            }
            slot = next(slot);
        }
        return slot;
    }

    private int next(int slot) {
        return slot + 1 & slots.length - 1;
    }

    /** Nothing is added or removed meanwhile. */
    @Override
    public Iterator<DeviceState> iterator() {
        return new Iterator<>() {

            private int next = taken(0);

            @Override
            public boolean hasNext() {
                return next < slots.length;
            }

            @Override
            public DeviceState next() {
                DeviceState found = hasNext() ? slots[next] : null;
                if (found == null) {
                    throw new NoSuchElementException();
                }
                next = taken(next + 1);
                return found;
            }

            private int taken(int from) {
                int slot = from;
                while (slot < slots.length && slots[slot] == null) {
                    slot++;
                }
                return slot;
            }
        };
    }
}

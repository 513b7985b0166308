package dev.sluice.transport.tcp;

import java.net.InetAddress;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * How many connections each address has. Only those that have any are kept, so there are never more than connections.
 */
final class AddressLimit {

    private final ConcurrentMap<InetAddress, Integer> open = new ConcurrentHashMap<>();

    /**
     * Counts one more connection of the address, unless it has so many. Returns whether it did.
     *
     * @param most 0 is no limit
     */
    boolean tryAcquire(InetAddress address, int most) {
        while (true) {
            Integer count = open.get(address);
            if (count == null) {
                if (open.putIfAbsent(address, 1) == null) {
                    return true;
                }
            } else if (most > 0 && count >= most) {
                return false;
            } else if (open.replace(address, count, count + 1)) {
                return true;
            }
        }
    }

    void release(InetAddress address) {
        open.computeIfPresent(address, (key, count) -> count == 1 ? null : count - 1);
    }

    /** How many addresses are kept. */
    int size() {
        return open.size();
    }
}

package dev.sluice.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The table of devices beside a map. */
final class DeviceTableTests {

    /** Of strings of these two, any two of one length have the same hash. */
    private static final List<String> ALIKE = List.of("Aa", "BB");

    private static Device device(int number, boolean alike) {
        if (!alike) {
            return new Device("meters", "device-" + number);
        }
        StringBuilder identity = new StringBuilder();
        for (int bit = 0; bit < 9; bit++) {
            identity.append(ALIKE.get(number >> bit & 1));
        }
        return new Device("meters", identity.toString());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void itHasWhatAMapWouldHave(boolean alike) {
        DeviceTable table = new DeviceTable();
        Map<Device, DeviceState> map = new HashMap<>();
        Random chance = new Random(16);
        for (int i = 0; i < 20_000; i++) {
            Device device = device(chance.nextInt(512), alike);
            DeviceState known = map.get(device);
            assertThat(table.find(device)).isSameAs(known);
            if (known != null && chance.nextBoolean()) {
                map.remove(device);
                table.remove(known);
                table.remove(known);
            } else {
                DeviceState added = table.findOrAdd(device);
                assertThat(map.putIfAbsent(device, added)).isIn(null, added);
            }
        }
        List<DeviceState> all = new ArrayList<>();
        table.forEach(all::add);
        assertThat(all).containsExactlyInAnyOrderElementsOf(map.values());
    }
}

package dev.sluice.transport.tcp;

import dev.sluice.transport.Devices;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The devices of one listener.
 *
 * @param all in the order in which they are declared
 */
record DialledDevices(List<DialledDevice> all) implements Devices {

    static final DialledDevices NONE = new DialledDevices(List.of());

    /** Those that are there already stay what they are. */
    static DialledDevices of(TcpProperties properties, DialledDevices there) {
        Map<DeviceAddress, DialledDevice> known =
                there.all.stream().collect(Collectors.toMap(DialledDevice::address, Function.identity()));
        return new DialledDevices(properties.connect().stream()
                .map(DeviceAddress::of)
                .map(address -> known.getOrDefault(address, new DialledDevice(address, properties.connectMaxBackoff())))
                .toList());
    }

    @Override
    public int declared() {
        return all.size();
    }

    @Override
    public int up() {
        return (int) all.stream().filter(DialledDevice::isUp).count();
    }

    @Override
    public List<Absence> absences(int most) {
        return all.stream()
                .flatMap(device -> device.absence().stream())
                .limit(most)
                .toList();
    }
}

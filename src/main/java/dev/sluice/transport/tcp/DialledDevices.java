package dev.sluice.transport.tcp;

import dev.sluice.transport.Devices;
import java.util.List;

/**
 * The devices of one listener.
 *
 * @param all in the order in which they are declared
 */
record DialledDevices(List<DialledDevice> all) implements Devices {

    static DialledDevices of(TcpProperties properties) {
        return new DialledDevices(properties.connect().stream()
                .map(address -> new DialledDevice(DeviceAddress.of(address), properties.connectMaxBackoff()))
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

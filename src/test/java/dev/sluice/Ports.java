package dev.sluice;

import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for what must not be there, or not yet, or must come back at the same place. */
public final class Ports {

    private Ports() {}

    /**
     * A port that nobody has. It lies below those that the kernel gives to clients and to port 0, so that no test
     * beside this one gets it by chance.
     */
    public static int free() {
        while (true) {
            InetSocketAddress address =
                    new InetSocketAddress(ThreadLocalRandom.current().nextInt(10_000, 32_000));
            try (ServerSocket tcp = new ServerSocket();
                    DatagramSocket udp = new DatagramSocket(null)) {
                tcp.bind(address);
                udp.bind(address);
                return address.getPort();
            } catch (IOException ex) {
                // Somebody has it.
            }
        }
    }
}

package dev.sluice.bench;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/** Ports of 127.0.0.1 that nobody listens on just now. */
public final class Ports {

    private Ports() {}

    public static int free() throws IOException {
        return free(1).getFirst();
    }

    /** So many, no two the same. */
    public static List<Integer> free(int count) throws IOException {
        var held = new ArrayList<ServerSocket>();
        try {
            for (int i = 0; i < count; i++) {
                held.add(new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1")));
            }
            return held.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket one : held) {
                one.close();
            }
        }
    }
}

package dev.sluice.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** SIGHUP, on which the files are read again. */
@EnabledOnOs({OS.LINUX, OS.MAC})
final class HangUpTests {

    @TempDir
    private Path folder;

    /** Java leaves a signal alone that was ignored when it was started, as by {@code nohup}. */
    private static boolean isIgnoredHere() throws IOException {
        String ignored = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(line -> line.startsWith("SigIgn:"))
                .findFirst()
                .orElseThrow()
                .split("\\s+")[1];
        return (Long.parseUnsignedLong(ignored, 16) & 1) != 0;
    }

    @Test
    void anEditedFileIsAppliedAndABrokenOneIsNot() throws Exception {
        assumeFalse(isIgnoredHere(), "SIGHUP is ignored by whoever started the tests");
        String echo = "sluice.listeners.echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }\n";
        try (HeadlessSluice sluice = new HeadlessSluice(folder, echo, HeadlessSluice.java())) {
            int port = sluice.awaitPort("echo");
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                socket.setSoTimeout(20_000);
                sluice.rewrite(echo + "sluice.listeners.other.tcp.prt: 1\n");
                assertThat(signal("HUP", sluice)).isZero();
                awaitLine(sluice, "Configuration not reloaded, as asked by SIGHUP");
                assertThat(sluice.log()).contains("sluice.listeners.other.tcp.prt: unknown key. Did you mean 'port'?");

                sluice.rewrite(echo + "sluice.listeners.other: { tcp: { address: 127.0.0.1, port: 0 } }\n");
                assertThat(signal("HUP", sluice)).isZero();
                awaitLine(sluice, "Configuration reloaded by SIGHUP: listener other added");
                new Socket(InetAddress.getLoopbackAddress(), sluice.awaitPort("other")).close();

                socket.getOutputStream().write(new byte[] {'a', '\n'});
                assertThat(socket.getInputStream().readNBytes(2)).asString().isEqualTo("a\n");
            }
            assertThat(signal("TERM", sluice)).isZero();
            assertThat(sluice.awaitExit(Duration.ofSeconds(40))).isIn(0, 143);
        }
    }

    private static void awaitLine(HeadlessSluice sluice, String line) {
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(() -> assertThat(sluice.log()).containsOnlyOnce(line));
    }

    private static int signal(String name, HeadlessSluice sluice) throws Exception {
        return new ProcessBuilder("kill", "-" + name, Long.toString(sluice.pid()))
                .start()
                .waitFor();
    }
}

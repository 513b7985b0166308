package dev.sluice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Listeners met by programs that others wrote; one that is not installed skips its test. */
class PeerProgramTests {

    private static RunningSluice sluice;

    @TempDir
    private Path folder;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with("""
            sluice:
              listeners:
                counted: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: octet-counted }
                lines: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: octet-counted }
                loggen-counted: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: octet-counted }
                loggen-lines: { tcp: { address: 127.0.0.1, port: 0 } }
                syslog: { udp: { address: 127.0.0.1, port: 0, receive-buffer: 4MB } }
                echo: { tcp: { address: 127.0.0.1, port: 0, greeting: "成功连接服务器!" }, reply.type: echo }
                whole: { tcp: { address: 127.0.0.1, port: 0 }, framing.type: until-close, framing.max-size: 2MB, reply.type: echo }
                datagrams: { udp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                group: { udp: { port: 0, multicast: { group: 239.255.77.78, interface: lo } } }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void loggerSendsOctetCountedSyslog() throws Exception {
        run(
                "",
                "logger",
                "--server",
                "127.0.0.1",
                "--tcp",
                "--port",
                port("counted"),
                "--octet-count",
                "--",
                "one two");
        awaitAccepted("counted", 1);
    }

    @Test
    void loggerSendsSyslogAsLines() throws Exception {
        run("", "logger", "--server", "127.0.0.1", "--tcp", "--port", port("lines"), "--rfc5424", "--", "one\ttwo");
        awaitAccepted("lines", 1);
    }

    @Test
    void loggerSendsSyslogAsDatagrams() throws Exception {
        run("", "logger", "--server", "127.0.0.1", "--udp", "--port", port("syslog"), "--", "three");
        awaitAccepted("syslog", 1);
    }

    @Test
    void loggenSendsThousandsOfCountedMessages() throws Exception {
        run(
                "",
                "loggen",
                "-S",
                "-P",
                "--active-connections=2",
                "-n",
                "5000",
                "-r",
                "100000",
                "127.0.0.1",
                port("loggen-counted"));
        awaitAccepted("loggen-counted", 10_000);
        assertThat(sluice.traffic("loggen-counted").received.sum()).isEqualTo(10_000);
    }

    @Test
    void loggenSendsThousandsOfLines() throws Exception {
        run(
                "",
                "loggen",
                "-S",
                "--active-connections=2",
                "-n",
                "5000",
                "-r",
                "100000",
                "127.0.0.1",
                port("loggen-lines"));
        awaitAccepted("loggen-lines", 10_000);
    }

    @Test
    void socatGetsTheGreetingAndItsLinesBack() throws Exception {
        assertThat(run("one\ntwo\n", "socat", "-t", "10", "-", "TCP:127.0.0.1:" + port("echo")))
                .isEqualTo("成功连接服务器!one\ntwo\n");
    }

    @Test
    void ncatGetsAFileBackByteForByte() throws Exception {
        byte[] all = new byte[1_000_000];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) (i * 7 >>> 2);
        }
        Path file = Files.write(folder.resolve("sent"), all);
        Path back = folder.resolve("back");
        assumeInstalled("ncat");
        Process ncat = new ProcessBuilder("ncat", "127.0.0.1", port("whole"))
                .redirectInput(file.toFile())
                .redirectOutput(back.toFile())
                .start();
        assertThat(ncat.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(Files.readAllBytes(back)).isEqualTo(all);
    }

    @Test
    void ncatGetsItsDatagramBack() throws Exception {
        assumeInstalled("ncat");
        // It ends as soon as its input does: that stays open until the answer is there.
        Process ncat = new ProcessBuilder("ncat", "-u", "-i", "10", "127.0.0.1", port("datagrams")).start();
        try {
            ncat.getOutputStream().write("ping".getBytes(StandardCharsets.US_ASCII));
            ncat.getOutputStream().flush();
            assertThat(ncat.getInputStream().readNBytes(4)).asString().isEqualTo("ping");
        } finally {
            ncat.destroy();
        }
    }

    @Test
    void socatSendsToAMulticastGroup() throws Exception {
        run(
                "to all",
                "socat",
                "-u",
                "-",
                "UDP4-DATAGRAM:239.255.77.78:" + port("group") + ",ip-multicast-if=127.0.0.1");
        awaitAccepted("group", 1);
    }

    private static String port(String listener) {
        return Integer.toString(sluice.port(listener));
    }

    private static void awaitAccepted(String listener, long count) {
        Traffic traffic = sluice.traffic(listener);
        await().untilAsserted(() -> assertThat(traffic.accepted.sum()).isEqualTo(count));
        assertThat(traffic.received.sum()).isEqualTo(count);
    }

    /** Runs a program to its end and answers what it printed. */
    private String run(String input, String... command) throws Exception {
        assumeInstalled(command[0]);
        Path in = Files.writeString(Files.createTempFile(folder, "in", ""), input);
        Path out = Files.createTempFile(folder, "out", "");
        Process process = new ProcessBuilder(List.of(command))
                .redirectInput(in.toFile())
                .redirectOutput(out.toFile())
                .redirectError(folder.resolve("errors").toFile())
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command[0] + " did not end");
        }
        return Files.readString(out, StandardCharsets.UTF_8);
    }

    private static void assumeInstalled(String program) throws IOException, InterruptedException {
        boolean installed = new ProcessBuilder("sh", "-c", "command -v " + program)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
        assumeThat(installed).as(program + " is installed").isTrue();
    }
}

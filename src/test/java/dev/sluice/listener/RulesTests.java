package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a listener does by its rules, seen from the devices' side and by its sinks. */
@Timeout(120)
final class RulesTests {

    @TempDir
    private Path folder;

    private RunningSluice start(String listener) {
        return RunningSluice.with("""
            sluice:
              data-directory: "%s/data"
              listeners.port:
                tcp: { address: 127.0.0.1, port: 0 }
            %s
              sinks.archive.file: { path: "%s/archive.log", format: json }
            """.formatted(folder, listener.indent(4), folder));
    }

    private static Socket connect(RunningSluice sluice) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), sluice.port("port"));
        socket.setSoTimeout(20_000);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
    }

    /** What comes until so many line ends have. */
    private static String receive(Socket socket, int lines) throws IOException {
        StringBuilder text = new StringBuilder();
        int left = lines;
        while (left > 0) {
            int c = socket.getInputStream().read();
            if (c < 0) {
                return text + "<end>";
            }
            text.append((char) c);
            left -= c == '\n' ? 1 : 0;
        }
        return text.toString();
    }

    private List<String> archive(int lines) {
        Path file = folder.resolve("archive.log");
        await().until(() -> Files.exists(file) && Files.readAllLines(file).size() >= lines);
        try {
            return Files.readAllLines(file);
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static final String LOGIN = """
        rules:
          - match.text: "login {device}"
            identify: "{device}"
            reply.text: "welcome {identity}"
            forward: false
          - match.text: "data {value:*}"
            reply.text: "ok {value} of {identity|nobody}"
          - match.text: "bye{*}"
            reply.text: "bye"
            close: true
        """;

    @ParameterizedTest
    @ValueSource(strings = {"durable", "direct"})
    void aMessageHasTheIdentityThatItsOwnRuleLeft(String mode) throws Exception {
        try (RunningSluice sluice = start(LOGIN + "sinks: [archive]\ndelivery.mode: " + mode + "\n");
                Socket socket = connect(sluice)) {
            send(socket, "login A\ndata 1\nlogin B\ndata 2\n");
            assertThat(receive(socket, 4)).isEqualTo("welcome A\nok 1 of A\nwelcome B\nok 2 of B\n");
            List<String> archived = archive(2);
            assertThat(archived).hasSize(2);
            assertThat(archived.get(0)).contains("\"data\":\"data 1\"");
            assertThat(sluice.traffic("port").received.sum()).isEqualTo(4);
            assertThat(sluice.traffic("port").accepted.sum()).isEqualTo(4);
            assertThat(sluice.traffic("port").quiet.sum()).isEqualTo(2);
            assertThat(sluice.traffic("port").rule("2").sum()).isEqualTo(2);
        }
    }

    @Test
    void answersKeepTheirOrderWhateverIsForwarded() throws Exception {
        try (RunningSluice sluice = start(LOGIN + "sinks: [archive]\n");
                Socket socket = connect(sluice)) {
            StringBuilder sent = new StringBuilder();
            StringBuilder expected = new StringBuilder();
            for (int i = 0; i < 2000; i++) {
                sent.append(i % 3 == 0 ? "login D" + i : "data " + i).append('\n');
                expected.append(i % 3 == 0 ? "welcome D" + i : "ok " + i + " of D" + (i - i % 3))
                        .append('\n');
            }
            send(socket, sent.toString());
            assertThat(receive(socket, 2000)).isEqualTo(expected.toString());
        }
    }

    @Test
    void aConnectionEndsBehindTheAnswerOfARuleThatClosesIt() throws Exception {
        try (RunningSluice sluice = start(LOGIN);
                Socket socket = connect(sluice)) {
            send(socket, "data 1\nbye now\ndata 2\n");
            assertThat(receive(socket, 3)).isEqualTo("ok 1 of nobody\nbye\n<end>");
            await().until(() ->
                    sluice.traffic("port").closed(Reason.Closed.RULE).sum() == 1);
            assertThat(sluice.traffic("port").dropped(Reason.Dropped.CLOSED).sum())
                    .isEqualTo(1);
        }
    }

    @Test
    void theAnswerBeforeTheEndArrivesWhateverWasSentBehind() throws Exception {
        try (RunningSluice sluice = start(LOGIN + "sinks: [archive]\n");
                Socket socket = connect(sluice)) {
            send(socket, "login " + "A".repeat(129) + "\n");
            assertThat(receive(socket, 1)).isEqualTo("<end>");
            try (Socket other = connect(sluice)) {
                send(other, "login " + "A".repeat(128) + "\nbye now\n" + "data 1\n".repeat(100_000));
                assertThat(receive(other, 3)).isEqualTo("welcome " + "A".repeat(128) + "\nbye\n<end>");
            }
            assertThat(archive(1)).singleElement().asString().contains("bye now");
        }
    }

    @Test
    void nobodyIsServedWhoHasNotSaidWhoHeIs() throws Exception {
        try (RunningSluice sluice = start(LOGIN + "identity.required: true\nsinks: [archive]\n");
                Socket stranger = connect(sluice);
                Socket known = connect(sluice)) {
            send(known, "login A\n");
            assertThat(receive(known, 1)).isEqualTo("welcome A\n");
            send(stranger, "data 1\ndata 2\n");
            assertThat(receive(stranger, 1)).isEqualTo("<end>");
            await().until(() ->
                    sluice.traffic("port").closed(Reason.Closed.UNIDENTIFIED).sum() == 1);
            send(known, "data 3\n");
            assertThat(receive(known, 1)).isEqualTo("ok 3 of A\n");
            assertThat(archive(1)).singleElement().asString().contains("data 3");
        }
    }

    @Test
    void aMessageWhoseAnswerCannotBeMadeHasFailed() throws Exception {
        try (RunningSluice sluice = start("""
            rules:
              - match.text: "n {number:*}"
                reply.hex: "{number:u8} 0A"
                reply.framed: false
                reply.on-failure: "no {reason}"
            sinks: [archive]
            """);
                Socket socket = connect(sluice)) {
            send(socket, "n 65\nn 256\nn x\n");
            assertThat(receive(socket, 1)).isEqualTo("A\n");
            await().until(() -> sluice.traffic("port").failed.sum() == 2);
            assertThat(sluice.traffic("port").accepted.sum()).isEqualTo(1);
        }
    }

    @Test
    void theNewerConnectionOfADeviceReplacesTheElder() throws Exception {
        try (RunningSluice sluice = start(LOGIN + "identity.twice: replace\n");
                Socket elder = connect(sluice);
                Socket newer = connect(sluice)) {
            send(elder, "login A\n");
            assertThat(receive(elder, 1)).isEqualTo("welcome A\n");
            send(newer, "login A\n");
            assertThat(receive(newer, 1)).isEqualTo("welcome A\n");
            assertThat(receive(elder, 1)).isEqualTo("<end>");
            send(newer, "data 1\n");
            assertThat(receive(newer, 1)).isEqualTo("ok 1 of A\n");
            assertThat(sluice.listener("port").transport().identified("A")).isPresent();
        }
    }

    @Test
    void theElderConnectionOfADeviceIsKeptAndTheNewerOneToldSo() throws Exception {
        try (RunningSluice sluice = start(LOGIN + "identity: { twice: refuse, refused-hex: \"'taken' 0A\" }\n");
                Socket elder = connect(sluice);
                Socket newer = connect(sluice)) {
            send(elder, "login A\n");
            assertThat(receive(elder, 1)).isEqualTo("welcome A\n");
            send(newer, "login A\n");
            assertThat(receive(newer, 3)).startsWith("taken\n").endsWith("<end>");
            send(elder, "data 1\n");
            assertThat(receive(elder, 1)).isEqualTo("ok 1 of A\n");
            elder.close();
            await().until(() ->
                    sluice.listener("port").transport().identified("A").isEmpty());
            try (Socket again = connect(sluice)) {
                send(again, "login A\n");
                assertThat(receive(again, 1)).isEqualTo("welcome A\n");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"replace", "refuse"})
    void ofManyThatClaimOneIdentityExactlyOneStays(String twice) throws Exception {
        int claims = 200;
        try (RunningSluice sluice = start(LOGIN + "identity.twice: " + twice + "\n");
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            CountDownLatch all = new CountDownLatch(claims);
            AtomicInteger open = new AtomicInteger();
            Callable<Void> claim = () -> {
                try (Socket socket = connect(sluice)) {
                    all.countDown();
                    all.await();
                    send(socket, "login A\n");
                    receive(socket, 1);
                    if (receive(socket, 1).equals("<end>")) {
                        return null;
                    }
                    open.incrementAndGet();
                }
                return null;
            };
            IntStream.range(0, claims).forEach(i -> threads.submit(claim));
            await().atMost(Duration.ofSeconds(60))
                    .until(() ->
                            sluice.listener("port").transport().connections().size() == 1
                                    && sluice.traffic("port")
                                                    .connectionsAccepted
                                                    .sum()
                                            == claims);
            assertThat(sluice.listener("port").transport().identified("A"))
                    .hasValueSatisfying(
                            kept -> assertThat(kept.origin().identity()).isEqualTo("A"));
            sluice.listener("port").transport().connections().forEach(one -> one.close(Reason.Closed.OPERATOR));
            assertThat(open).hasValue(0);
        }
    }

    /** What was known by the bytes of an earlier message is not known by them once another rule has said more. */
    @Test
    void anIdentityIsThatOfTheLastRuleThatSaysOne() throws Exception {
        try (RunningSluice sluice = start("""
            rules:
              - { match.text: "a {x}", identify: "{x}", reply.text: "{identity}" }
              - { match.text: "b {x}", identify: "{listener}-{x}", reply.text: "{identity}" }
              - { match.hex: "'c' {x:[u8]} {y:[u8]}", identify: "{x}{y}", reply.text: "{identity}" }
            """);
                Socket socket = connect(sluice)) {
            send(socket, "a 1\nb 1\na 1\na 1\nb 1\nb 2\na 1\n");
            assertThat(receive(socket, 7)).isEqualTo("1\nport-1\n1\n1\nport-1\nport-2\n1\n");
            send(socket, "c\3x\0y\0\nc\1x\2y\0\n");
            assertThat(receive(socket, 2)).isEqualTo("780079\n787900\n");
        }
    }

    @Test
    void whoIsKnownByTheAddressIsReplacedWithoutAnyRule() throws Exception {
        try (RunningSluice sluice =
                        start("identity: { from: \"{remote-address}\", twice: replace }\nreply.type: echo\n");
                Socket elder = connect(sluice)) {
            send(elder, "1\n");
            assertThat(receive(elder, 1)).isEqualTo("1\n");
            try (Socket newer = connect(sluice)) {
                send(newer, "2\n");
                assertThat(receive(newer, 1)).isEqualTo("2\n");
                assertThat(receive(elder, 1)).isEqualTo("<end>");
            }
        }
    }

    @Test
    void aDeviceIsKnownByItsAddress() throws Exception {
        try (RunningSluice sluice = start(LOGIN + "identity: { from: \"meter-{remote-address}\" }\n");
                Socket socket = connect(sluice)) {
            send(socket, "data 1\n");
            assertThat(receive(socket, 1)).isEqualTo("ok 1 of meter-127.0.0.1\n");
        }
    }

    @Test
    void devicesThatOnlyAnswerAreAskedInTurn() throws Exception {
        try (RunningSluice sluice = start("""
            rules:
              - match.text: "login {device}"
                identify: "{device}"
                forward: false
            identity.required: true
            polls: { every: 500ms, timeout: 30s, text: ["read {identity} {sequence}", "state"] }
            sinks: [archive]
            """);
                Socket socket = connect(sluice)) {
            send(socket, "login A\n");
            assertThat(receive(socket, 1)).isEqualTo("read A 1\n");
            send(socket, "17\n");
            assertThat(receive(socket, 1)).isEqualTo("state\n");
            send(socket, "fine\n");
            assertThat(receive(socket, 1)).isEqualTo("read A 3\n");
            assertThat(archive(2)).hasSize(2);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"durable", "direct"})
    void aMessageGoesWhereItsRuleSendsIt(String mode) throws Exception {
        try (RunningSluice sluice = RunningSluice.with("""
            sluice:
              data-directory: "%1$s/data"
              listeners.port:
                tcp: { address: 127.0.0.1, port: 0 }
                reply: { type: text, text: "ok {sequence}", after: delivered }
                rules:
                  - { match.text: "alarm{*}", sinks: [alarms] }
                  - { match.text: "both{*}", sinks: [alarms, archive] }
                sinks: [archive]
                delivery.mode: %2$s
              sinks:
                archive.file.path: "%1$s/archive"
                alarms.file.path: "%1$s/alarms"
            """.formatted(folder, mode));
                Socket socket = connect(sluice)) {
            send(socket, "alarm 1\nplain 2\nboth 3\nalarm 4\n");
            assertThat(receive(socket, 4)).isEqualTo("ok 1\nok 2\nok 3\nok 4\n");
            assertThat(folder.resolve("archive")).hasContent("plain 2\nboth 3");
            assertThat(folder.resolve("alarms")).hasContent("alarm 1\nboth 3\nalarm 4");
        }
    }

    @Test
    void anIdentityHoldsForTheRestOfItsDatagramAndForNoOther() throws Exception {
        try (RunningSluice sluice = RunningSluice.with("""
            sluice.listeners.port:
              udp: { address: 127.0.0.1, port: 0 }
              framing.frames: [ "'L' {:1}", "'D' {:1}" ]
              rules:
                - { match.hex: "'L' {device:text1}", identify: "{device}", forward: false }
                - { match.hex: "'D' {:1}", reply.text: "{identity|-}" }
            """);
                DatagramSocket socket = new DatagramSocket()) {
            socket.setSoTimeout(20_000);
            socket.connect(InetAddress.getLoopbackAddress(), sluice.port("port"));
            for (String datagram : List.of("LADxDy", "Dz", "DxLBDy")) {
                socket.send(new DatagramPacket(datagram.getBytes(UTF_8), datagram.length()));
            }
            StringBuilder answers = new StringBuilder();
            for (int i = 0; i < 5; i++) {
                DatagramPacket answer = new DatagramPacket(new byte[10], 10);
                socket.receive(answer);
                answers.append(new String(answer.getData(), 0, answer.getLength(), UTF_8));
            }
            assertThat(answers).hasToString("AA--B");
        }
    }

    /** Whatever a device calls itself. */
    @Test
    void sinksNeverLetAnIdentityOutOfItsPlace() throws Exception {
        Path database = folder.resolve("devices.db");
        try (Connection table = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = table.createStatement()) {
            statement.execute("create table devices(id text, device text, value text)");
        }
        try (RunningSluice sluice = RunningSluice.with("""
            sluice:
              data-directory: "%1$s/data"
              listeners.port:
                tcp: { address: 127.0.0.1, port: 0 }
                framing: { type: length-prefixed, length-bytes: 1 }
                rules:
                  - match.text: "{device}={value}"
                    identify: "{device}"
                    reply.text: "ok"
                  - { match.text: "bare", reply.text: "ok" }
                reply.after: delivered
                sinks: [archive, table]
              sinks:
                archive.file.path: "%1$s/out/{identity}.log"
                table.jdbc.sql: "insert into devices(id, device, value) values (:identity, :device, :value)"
            spring.datasource.url: "jdbc:sqlite:%2$s"
            """.formatted(folder, database));
                Socket socket = connect(sluice)) {
            for (String message :
                    List.of("bare", "../../up=1", "a\0b=2", "/etc/passwd=3", "x');drop table--=4", "..=5")) {
                send(socket, (char) message.length() + message);
                assertThat(socket.getInputStream().readNBytes(3)).as(message).containsExactly(2, 'o', 'k');
            }
        }
        try (Stream<Path> files = Files.walk(folder.resolve("out"))) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "_.log", "___.._up.log", "a_b.log", "_etc_passwd.log", "x');drop table--.log", "__.log");
        }
        try (Connection table = DriverManager.getConnection("jdbc:sqlite:" + database);
                Statement statement = table.createStatement();
                ResultSet rows = statement.executeQuery(
                        "select coalesce(id, 'null'), coalesce(device, 'null'), coalesce(value, 'null') from devices"
                                + " order by coalesce(value, 0)")) {
            List<String> found = new ArrayList<>();
            while (rows.next()) {
                found.add(rows.getString(1) + " " + rows.getString(2) + " " + rows.getString(3));
            }
            assertThat(found)
                    .containsExactly(
                            "null null null",
                            "../../up ../../up 1",
                            "a\0b a\0b 2",
                            "/etc/passwd /etc/passwd 3",
                            "x');drop table-- x');drop table-- 4",
                            ".. .. 5");
        }
    }

    /** As a sender does that checks all that tells an acknowledgement from another's. */
    @Test
    void aStrictSenderOfHl7IsAcknowledged() throws Exception {
        try (RunningSluice sluice = start("protocol: hl7\nsinks: [archive]\n");
                Socket socket = connect(sluice)) {
            for (int i = 0; i < 50; i++) {
                String control = "MSG" + i;
                send(
                        socket,
                        "\u000bMSH|^~\\&|LAB" + i + "^1.2^ISO|SITE^X|EHR|MAIN|20260101||ORU^R01^ORU_R01|" + control
                                + "|P|2.3.1\rPID|1||4711^^^H\r\u001c\r");
                String[] segments = frame(socket).split("\r");
                String[] header = segments[0].split("\\|", -1);
                assertThat(segments[0]).startsWith("MSH|^~\\&|");
                assertThat(header[4]).isEqualTo("LAB" + i + "^1.2^ISO");
                assertThat(header[5]).isEqualTo("SITE^X");
                assertThat(header[8]).isEqualTo("ACK");
                assertThat(header[9]).isNotBlank().isNotEqualTo(control);
                assertThat(header[11]).isEqualTo("2.3.1");
                assertThat(segments[1]).isEqualTo("MSA|AA|" + control);
                assertThat(segments).hasSize(2);
            }
        }
    }

    /** Of MLLP, without its marks. */
    private static String frame(Socket socket) throws IOException {
        assertThat(socket.getInputStream().read()).isEqualTo(0x0B);
        StringBuilder text = new StringBuilder();
        int c = socket.getInputStream().read();
        while (c != 0x1C) {
            assertThat(c).isPositive();
            text.append((char) c);
            c = socket.getInputStream().read();
        }
        assertThat(socket.getInputStream().read()).isEqualTo('\r');
        return text.toString();
    }

    /** One who does not read holds up neither the others that are asked nor their deadlines. */
    @Test
    void whoIsAskedAndDoesNotReadHoldsUpNobodyElse() throws Exception {
        try (RunningSluice sluice = start("""
            tcp.send-buffer: 4KB
            polls: { every: 100ms, timeout: 100ms, text: ["%s", "read"] }
            timeouts.idle: 2s
            """.formatted("x".repeat(20_000)));
                Socket deaf = new Socket();
                Socket other = connect(sluice)) {
            deaf.setReceiveBufferSize(4096);
            deaf.connect(other.getRemoteSocketAddress());
            for (int i = 0; i < 15; i++) {
                receive(other, 2);
                send(other, "fine\n");
            }
            await().atMost(Duration.ofSeconds(20))
                    .until(() ->
                            sluice.listener("port").transport().connections().size() == 1);
            assertThat(deaf.isClosed()).isFalse();
        }
    }
}

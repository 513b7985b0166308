package dev.sluice;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.command.Confirm;
import dev.sluice.command.Device;
import dev.sluice.command.DeviceCommands;
import dev.sluice.command.Mode;
import dev.sluice.command.NewCommand;
import dev.sluice.command.Outcome;
import dev.sluice.device.CommandDesk;
import dev.sluice.listener.configuration.ConfigurationReport;
import dev.sluice.sink.FrameServer;
import dev.sluice.sink.amqp.AmqpBroker;
import dev.sluice.sink.http.WebServer;
import dev.sluice.sink.jdbc.Postgres;
import dev.sluice.sink.kafka.KafkaBroker;
import dev.sluice.sink.mqtt.MqttBroker;
import dev.sluice.transport.tcp.TestDevice;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;

/** Every file in {@code config/examples} does what it says, on other ports, and in a folder of its own. */
@Isolated("what is printed is captured")
@ExtendWith(OutputCaptureExtension.class)
@Timeout(120)
final class ExamplesTests {

    private static final Path EXAMPLES = Path.of("config", "examples");

    @TempDir
    private Path folder;

    static Stream<Path> examples() throws IOException {
        try (Stream<Path> files = Files.list(EXAMPLES)) {
            return files.filter(Files::isRegularFile).sorted().toList().stream();
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void eachIsValidAndSaysHowToTryIt(Path example) throws IOException {
        assertThat(ConfigurationReport.of(example.toString(), example).lines())
                .allMatch(line -> line.contains("valid: ") && !line.contains("not valid"));
        assertThat(Files.readString(example)).contains("# Try it: ", "--spring.config.additional-location=" + example);
    }

    @Test
    void replicas() throws Exception {
        Path folderOfReplicas = EXAMPLES.resolve("replicas");
        Path example = folderOfReplicas.resolve("application.yml");
        ConfigurationReport report = ConfigurationReport.of(example.toString(), example);
        assertThat(report.valid()).as(() -> String.join("\n", report.lines())).isTrue();
        assertThat(exit("bash", "-n", folderOfReplicas.resolve("run").toString()))
                .isZero();
        if (Files.isExecutable(Path.of("/usr/sbin/haproxy"))) {
            assertThat(exit(
                            "/usr/sbin/haproxy",
                            "-c",
                            "-q",
                            "-f",
                            folderOfReplicas.resolve("haproxy.cfg").toString()))
                    .isZero();
        }
    }

    private static int exit(String... command) throws Exception {
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    @Test
    void log(CapturedOutput output) throws Exception {
        try (RunningSluice sluice = start("log", "sluice.listeners.look.tcp.port: 0")) {
            sluice.converse("look", "a message to look at");
            patiently().untilAsserted(() -> assertThat(output).contains("a message to look at"));
        }
    }

    @Test
    void file() throws Exception {
        try (RunningSluice sluice = start("file", "sluice.listeners.records.tcp.port: 0", path("archive"))) {
            assertThat(sluice.converse("records", "one\ntwo\n")).isEqualTo("OK 1\nOK 2\n");
            arrives("\"data\":\"one\"", "\"data\":\"two\"");
        }
    }

    @Test
    void http() throws Exception {
        try (WebServer server = WebServer.answering(204);
                RunningSluice sluice = start(
                        "http",
                        "sluice.listeners.webhook.tcp.port: 0",
                        "sluice.sinks.hook.http.url: " + server.url())) {
            assertThat(sluice.converse("webhook", "hello\n")).isEqualTo("OK 1\n");
            patiently().until(() -> !server.received().isEmpty());
            assertThat(server.received().getFirst().body()).asString().isEqualTo("hello");
            assertThat(server.received().getFirst().headers().get("Content-type"))
                    .containsExactly("text/plain");
        }
    }

    @Test
    void elasticsearch() throws Exception {
        String document = "{\"device\":\"d-7\",\"speed\":42}";
        byte[] results = "{\"items\":[{\"create\":{\"_id\":\"x\",\"status\":201}}]}".getBytes(UTF_8);
        try (WebServer server = WebServer.answering(200, results);
                RunningSluice sluice = start(
                        "elasticsearch",
                        "sluice.listeners.documents.tcp.port: 0",
                        "sluice.sinks.search.http.url: " + server.url())) {
            assertThat(sluice.converse("documents", document + "\n")).isEqualTo("OK 1\n");
            patiently().until(() -> !server.received().isEmpty());
            try (var body = new GZIPInputStream(
                    new ByteArrayInputStream(server.received().getFirst().body()))) {
                assertThat(new String(body.readAllBytes(), UTF_8))
                        .matches("\\{\"create\":\\{\"_id\":\"[^\"]+-1\"}}\n" + Pattern.quote(document) + "\n");
            }
        }
    }

    @Test
    void kafka() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            broker.createTopic("device.events");
            try (RunningSluice sluice = start(
                    "kafka",
                    "sluice.listeners.events.tcp.port: 0",
                    "spring.kafka.bootstrap-servers: " + broker.servers())) {
                assertThat(sluice.converse("events", "hello\n")).isEqualTo("OK 1\n");
                assertThat(broker.records("device.events", 1).getFirst().value())
                        .asString()
                        .isEqualTo("hello");
            }
        }
    }

    @Test
    void amqp() throws Exception {
        try (AmqpBroker broker = AmqpBroker.start()) {
            broker.createQueue("orders");
            try (RunningSluice sluice = start(
                    "amqp",
                    "sluice.listeners.orders.tcp.port: 0",
                    "spring.rabbitmq: { host: 127.0.0.1, port: " + broker.port() + " }")) {
                assertThat(sluice.converse("orders", "hello\n")).isEqualTo("OK 1\n");
                assertThat(broker.messages("orders", 1).getFirst().getBody())
                        .asString()
                        .isEqualTo("hello");
            }
        }
    }

    @Test
    void mqtt() throws Exception {
        try (MqttBroker broker = new MqttBroker()) {
            MqttBroker.Received received = broker.subscribe("sluice/#");
            try (RunningSluice sluice = start(
                    "mqtt", "sluice.listeners.sensors.tcp.port: 0", "sluice.sinks.iot.mqtt.url: " + broker.url())) {
                assertThat(sluice.converse("sensors", "21.5\n")).isEqualTo("OK 1\n");
                assertThat(received.nextText()).isEqualTo("21.5");
            }
        }
    }

    @Test
    void jdbc() throws Exception {
        try (Postgres postgres = Postgres.start(folder.resolve("postgres"))) {
            String url = "jdbc:postgresql://localhost:" + postgres.port() + "/postgres";
            JdbcClient database = JdbcClient.create(new DriverManagerDataSource(url, "postgres", ""));
            database.sql(tableOf(Files.readString(EXAMPLES.resolve("jdbc.yml"))))
                    .update();
            try (RunningSluice sluice =
                    start("jdbc", "sluice.listeners.rows.tcp.port: 0", "spring.datasource.url: " + url)) {
                assertThat(sluice.converse("rows", "hello\n")).isEqualTo("OK 1\n");
                patiently()
                        .until(() -> database.sql(
                                        "select convert_from(payload, 'UTF8') from inbox where listener = 'rows'")
                                .query(String.class)
                                .list()
                                .equals(List.of("hello")));
            }
        }
    }

    private static String tableOf(String example) {
        return example.lines()
                .filter(line -> line.contains("create table"))
                .map(line -> line.substring(1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void tcp() throws Exception {
        try (FrameServer server = FrameServer.answering("OK");
                RunningSluice sluice = start(
                        "tcp",
                        "sluice.listeners.relay.tcp.port: 0",
                        "sluice.sinks.upstream.tcp.port: " + server.port())) {
            assertThat(sluice.converse("relay", "hello\n")).isEqualTo("OK 1\n");
            assertThat(server.next()).isEqualTo("hello");
        }
    }

    @Test
    void udp() throws Exception {
        try (DatagramSocket live = receiver();
                DatagramSocket trial = receiver();
                DatagramSocket sender = new DatagramSocket();
                RunningSluice sluice = start(
                        "udp",
                        "sluice.listeners.fan-out.udp.port: 0",
                        "sluice.sinks.live.udp.port: " + live.getLocalPort(),
                        "sluice.sinks.trial.udp.port: " + trial.getLocalPort())) {
            sluice.sendDatagram(sender, "fan-out", "hello".getBytes(UTF_8));
            assertThat(RunningSluice.receiveDatagram(live)).asString().isEqualTo("hello");
            assertThat(RunningSluice.receiveDatagram(trial)).asString().isEqualTo("hello");
        }
    }

    @Test
    void syslog() throws Exception {
        try (DatagramSocket sender = new DatagramSocket();
                RunningSluice sluice = start(
                        "syslog",
                        "sluice.listeners.syslog-tcp.tcp.port: 0",
                        "sluice.listeners.syslog-udp.udp.port: 0",
                        path("messages"))) {
            sluice.converse("syslog-tcp", "12 <13>1 countd<13>a line\n");
            sluice.sendDatagram(sender, "syslog-udp", "<13>a datagram".getBytes(UTF_8));
            arrives("<13>1 countd\n", "<13>a line\n", "<13>a datagram\n");
        }
    }

    @Test
    void hl7() throws Exception {
        try (RunningSluice sluice = start("hl7", "sluice.listeners.hl7.tcp.port: 0", path("results"))) {
            String acknowledgement = sluice.converse(
                    "hl7",
                    "\013MSH|^~\\&|LAB|ACME|||20260101120000||ORU^R01|MSG00001|P|2.5\rPID|1||4711^^^HOSP\r\034\r");
            assertThat(acknowledgement)
                    .startsWith("\013MSH|^~\\&|SLUICE||LAB|ACME|")
                    .endsWith("|P|2.5\rMSA|AA|MSG00001\r\034\r");
            arrives("ORU^R01|MSG00001", "\"control\":\"MSG00001\"", "\"patient\":\"4711\"");
        }
    }

    @Test
    void gpsTrackers() throws Exception {
        try (KafkaBroker broker = KafkaBroker.start()) {
            broker.createTopic("positions");
            try (RunningSluice sluice = start(
                    "gps-trackers",
                    "sluice.listeners.concox.tcp.port: 0",
                    "sluice.listeners.teltonika.tcp.port: 0",
                    "sluice.listeners.queclink.tcp.port: 0",
                    "spring.kafka.bootstrap-servers: " + broker.servers())) {
                String position = "78781f1210020e14061dcc0476fcd0003e3faf3e14b20000000000000000044ef6740d0a";
                assertThat(converseInHex(sluice, "concox", "78780d01086471700328358100093f040d0a" + position))
                        .isEqualTo("78780501000955940d0a" + "78780512044e6ebe0d0a");
                assertThat(converseInHex(
                                sluice,
                                "teltonika",
                                "000f313233343536373839303132333435"
                                        + "000000000000003608010000016b40d8ea300100000000000000000000000000000001050215"
                                        + "03010101425e0f01f10000601a014e0000000000000000010000c7cf"))
                        .isEqualTo("01" + "00000001");
                assertThat(sluice.converse("queclink", "+RESP:GTFRI,423037,866884047716519,GU501,0,1,1,5,12,0005$"))
                        .isEqualTo("+SACK:0005$");
                assertThat(broker.records("positions", 3))
                        .extracting(one -> new String(one.key(), UTF_8))
                        .containsExactlyInAnyOrder("864717003283581", "123456789012345", "866884047716519");
            }
        }
    }

    private static String converseInHex(RunningSluice sluice, String listener, String hex) throws IOException {
        return HexFormat.of().formatHex(sluice.converse(listener, HexFormat.of().parseHex(hex)));
    }

    @Test
    void polledDevices() throws Exception {
        try (RunningSluice sluice = start(
                        "polled-devices",
                        "sluice.listeners.meters.tcp.port: 0",
                        "sluice.listeners.meters.polls.every: 500ms",
                        path("readings"));
                Socket modem = sluice.connect("meters")) {
            modem.getOutputStream().write("REG,meter-7\r\n".getBytes(UTF_8));
            byte[] poll = HexFormat.of().parseHex("010300000002c40b");
            assertThat(modem.getInputStream().readNBytes(poll.length)).isEqualTo(poll);
            modem.getOutputStream().write(HexFormat.of().parseHex("01030400e600135a09"));
            assertThat(modem.getInputStream().readNBytes(poll.length)).isEqualTo(poll);
            arrives("\"volts\":\"230\"", "\"amperes\":\"19\"");
        }
    }

    @Test
    void commands() throws Exception {
        try (RunningSluice sluice = start("commands", "sluice.listeners.valves.tcp.port: 0")) {
            DeviceCommands commands = sluice.bean(CommandDesk.class).commands().orElseThrow();
            commands.submit(new NewCommand(
                            new Device("valves", "valve-7"),
                            "c-1",
                            "OPEN".getBytes(UTF_8),
                            Mode.AT_MOST_ONCE,
                            1,
                            Duration.ofMinutes(1),
                            Confirm.ANSWER,
                            5,
                            "valves"))
                    .get();
            try (Socket valve = sluice.connect("valves")) {
                valve.getOutputStream().write("LOGIN valve-7\r\n".getBytes(UTF_8));
                BufferedReader said = new BufferedReader(new InputStreamReader(valve.getInputStream(), UTF_8));
                assertThat(said.readLine()).isEqualTo("WELCOME");
                String command = said.readLine();
                assertThat(command).matches("DO \\d+ OPEN");
                valve.getOutputStream().write(("ACK " + command.split(" ")[1] + "\r\n").getBytes(UTF_8));
                assertThat(commands.await("c-1", Duration.ofSeconds(30))
                                .get()
                                .orElseThrow()
                                .outcome())
                        .isEqualTo(Outcome.CONFIRMED);
            }
        }
    }

    @Test
    void dialledDevices() throws Exception {
        try (TestDevice device = TestDevice.at("127.0.0.1");
                RunningSluice sluice = start(
                        "dialled-devices",
                        "sluice.listeners.scales.tcp.connect: \"" + device.address() + "\"",
                        path("weights"))) {
            patiently().until(() -> sluice.traffic("scales").connectionsAccepted.sum() == 1);
            device.send("+0012.50 kg");
            arrives("+0012.50 kg");
        }
    }

    @Test
    void nmea() throws Exception {
        try (DatagramSocket sender = new DatagramSocket();
                RunningSluice sluice = start("nmea", "sluice.listeners.nmea.udp.port: 0", path("sentences"))) {
            sluice.sendDatagram(sender, "nmea", "$GPGLL,5057.970,N,00146.110,E,142451,A*27\r\n".getBytes(UTF_8));
            arrives("$GPGLL,5057.970,N,00146.110,E,142451,A*27");
        }
    }

    @Test
    void metering() throws Exception {
        try (RunningSluice sluice = start("metering", "sluice.listeners.meters.tcp.port: 0", path("readings"))) {
            byte[] answers = sluice.converse("meters", "\0\4\1\2\3\4\0\2\u00ff\u00fe".getBytes(ISO_8859_1));
            assertThat(answers).containsExactly(0, 1, 6, 0, 1, 6);
            arrives("\"data_base64\":\"//4=\"");
        }
    }

    /**
     * @param changes keys, each as a line of YAML
     */
    private RunningSluice start(String example, String... changes) throws IOException {
        return RunningSluice.with(Files.readString(EXAMPLES.resolve(example + ".yml"))
                + Arrays.stream(changes)
                        .collect(Collectors.joining(
                                "\n", "\n---\nsluice.data-directory: " + folder.resolve("data") + "\n", "\n")));
    }

    private String path(String sink) {
        return "sluice.sinks." + sink + ".file.path: " + folder.resolve("messages");
    }

    private void arrives(String... texts) {
        patiently()
                .untilAsserted(() -> assertThat(folder.resolve("messages"))
                        .exists()
                        .content()
                        .contains(texts));
    }

    private static ConditionFactory patiently() {
        return await().atMost(Duration.ofSeconds(30));
    }

    private static DatagramSocket receiver() throws IOException {
        DatagramSocket receiver = new DatagramSocket(0, InetAddress.getByName("127.0.0.1"));
        receiver.setSoTimeout(20_000);
        return receiver;
    }
}

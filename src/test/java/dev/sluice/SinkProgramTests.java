package dev.sluice;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import ca.uhn.hl7v2.DefaultHapiContext;
import ca.uhn.hl7v2.app.Connection;
import ca.uhn.hl7v2.llp.MinLowerLayerProtocol;
import ca.uhn.hl7v2.model.Message;
import ca.uhn.hl7v2.model.v25.message.ACK;
import ca.uhn.hl7v2.model.v25.message.ADT_A01;
import ca.uhn.hl7v2.util.idgenerator.InMemoryIDGenerator;
import dev.sluice.sink.jdbc.Postgres;
import dev.sluice.sink.kafka.KafkaBroker;
import dev.sluice.sink.mqtt.MqttBroker;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/**
 * What goes through to the other side, as programs see it there that others wrote; one that is not installed skips its
 * test.
 */
class SinkProgramTests {

    private static final byte[] BINARY = {'a', 0, (byte) 0xFF, '\r', 0x1B, (byte) 0xC3, (byte) 0xA9, '\t'};

    @TempDir
    private Path folder;

    @Configuration(proxyBeanMethods = false)
    static class Hospital {

        /** Acknowledges with HAPI's own words. */
        @Bean
        Acknowledger acknowledger() {
            return new Acknowledger();
        }
    }

    static final class Acknowledger {

        public byte[] acknowledge(byte[] message) throws Exception {
            try (var hapi = new DefaultHapiContext()) {
                // By default HAPI counts in a file of the working directory.
                hapi.getParserConfiguration().setIdGenerator(new InMemoryIDGenerator());
                return hapi.getPipeParser()
                        .parse(new String(message, UTF_8))
                        .generateACK()
                        .encode()
                        .getBytes(UTF_8);
            }
        }
    }

    @Test
    void hapiSendsOverMllpAndIsAcknowledged() throws Exception {
        Path file = folder.resolve("hl7.log");
        try (RunningSluice sluice = start("""
                hl7:
                  tcp: { address: 127.0.0.1, port: 0 }
                  framing.type: mllp
                  reply: { type: bean, bean: acknowledger }
                  sinks: [out]
              sinks:
                out.file: { path: "%s" }
            """.formatted(file), Hospital.class);
                var hapi = new DefaultHapiContext()) {
            MinLowerLayerProtocol mllp = new MinLowerLayerProtocol();
            mllp.setCharset("UTF-8");
            hapi.setLowerLayerProtocol(mllp);
            hapi.getParserConfiguration().setIdGenerator(new InMemoryIDGenerator());
            ADT_A01 admission = new ADT_A01();
            admission.setParser(hapi.getPipeParser());
            admission.initQuickstart("ADT", "A01", "P");
            admission.getPID().getPatientName(0).getFamilyName().getSurname().setValue("Müller");
            Connection connection = hapi.newClient("127.0.0.1", sluice.port("hl7"), false);
            Message answer = connection.getInitiator().sendAndReceive(admission);
            connection.close();

            assertThat(answer).isInstanceOf(ACK.class);
            assertThat(((ACK) answer).getMSA().getAcknowledgmentCode().getValue())
                    .isEqualTo("AA");
            assertThat(((ACK) answer).getMSA().getMessageControlID().getValue())
                    .isEqualTo(admission.getMSH().getMessageControlID().getValue());
            await().untilAsserted(() -> assertThat(Files.readString(file)).isEqualTo(admission.encode() + "\n"));
        }
    }

    /** HAPI takes an answer for its message's by MSA-2 alone. */
    @Test
    void hapiIsAcknowledgedByTheProtocolThatComesWithTheProgram() throws Exception {
        try (RunningSluice sluice = start("""
                hl7: { tcp: { address: 127.0.0.1, port: 0 }, protocol: hl7, sinks: [out] }
              sinks:
                out.file: { path: "%s" }
            """.formatted(folder.resolve("hl7.log")));
                var hapi = new DefaultHapiContext()) {
            hapi.getParserConfiguration().setIdGenerator(new InMemoryIDGenerator());
            Connection connection = hapi.newClient("127.0.0.1", sluice.port("hl7"), false);
            for (int i = 0; i < 3; i++) {
                ADT_A01 admission = new ADT_A01();
                admission.setParser(hapi.getPipeParser());
                admission.initQuickstart("ADT", "A01", "P");
                admission.getMSH().getSendingApplication().getNamespaceID().setValue("WARD " + i);
                admission.getMSH().getSendingFacility().getNamespaceID().setValue("EAST");
                ACK answer = (ACK) connection.getInitiator().sendAndReceive(admission);
                assertThat(answer.getMSA().getAcknowledgmentCode().getValue()).isEqualTo("AA");
                assertThat(answer.getMSA().getMessageControlID().getValue())
                        .isEqualTo(admission.getMSH().getMessageControlID().getValue());
                assertThat(answer.getMSH().getReceivingApplication().encode()).isEqualTo("WARD " + i);
                assertThat(answer.getMSH().getReceivingFacility().encode()).isEqualTo("EAST");
                assertThat(answer.getMSH().getVersionID().encode()).isEqualTo("2.5");
            }
            connection.close();
        }
    }

    @Test
    void kcatSeesTheKeysThatAFieldOfTheFrameMakes() throws Exception {
        assumeInstalled("kcat");
        try (KafkaBroker broker = KafkaBroker.start();
                RunningSluice sluice = start("""
                        trackers:
                          tcp: { address: 127.0.0.1, port: 0 }
                          framing.frames: [ "7878 {length:u8} {*}" ]
                          rules: [ { match.hex: "7878 .. 01 {imei:bcd15} {*}", reply.type: echo } ]
                          sinks: [out]
                      sinks:
                        out.kafka: { topic: "positions", key: "{imei}" }
                    spring.kafka.bootstrap-servers: %s
                    """.formatted(broker.servers()))) {
            broker.createTopic("positions");
            send(sluice, "trackers", HexFormat.of().parseHex("78780A010864717003283581FF"));
            send(sluice, "trackers", HexFormat.of().parseHex("78780A010123456789012345AA"));
            send(sluice, "trackers", HexFormat.of().parseHex("7878021300"));
            String seen = run(
                    "kcat",
                    "-C",
                    "-q",
                    "-o",
                    "beginning",
                    "-c",
                    "3",
                    "-b",
                    broker.servers(),
                    "-t",
                    "positions",
                    "-f",
                    "%k %K\n");
            assertThat(seen.lines()).containsExactlyInAnyOrder("864717003283581 15", "123456789012345 15", " -1");
        }
    }

    @Test
    void kcatSeesRecordsWithTheirAttributes() throws Exception {
        assumeInstalled("kcat");
        try (KafkaBroker broker = KafkaBroker.start();
                RunningSluice sluice = start("""
                        devices: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [out] }
                      sinks:
                        out.kafka: { topic: "device.{listener}" }
                    spring.kafka.bootstrap-servers: %s
                    """.formatted(broker.servers()))) {
            broker.createTopic("device.devices");
            send(sluice, "devices", BINARY);
            String seen = run(
                    "kcat",
                    "-C",
                    "-q",
                    "-o",
                    "beginning",
                    "-c",
                    "1",
                    "-b",
                    broker.servers(),
                    "-t",
                    "device.devices",
                    "-f",
                    "%h\n%S\n%s");
            assertThat(seen)
                    .contains("ce_specversion=1.0", "ce_source=sluice/devices", "ce_type=dev.sluice.message")
                    .contains(
                            "ce_listener=devices", "ce_sequence=1", "ce_remoteaddress=127.0.0.1", "ce_id=", "ce_time=")
                    .endsWith("\n8\n" + new String(BINARY, ISO_8859_1));
        }
    }

    @Test
    void mosquittoSubSeesMessagesWithTheirProperties() throws Exception {
        assumeInstalled("mosquitto_sub");
        try (MqttBroker broker = new MqttBroker();
                RunningSluice sluice = start("""
                        devices: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [out] }
                      sinks:
                        out.mqtt: { url: "%s", topic: "sluice/{listener}" }
                    """.formatted(broker.url()))) {
            Path out = folder.resolve("subscribed");
            Path log = folder.resolve("subscriber");
            Process subscriber = new ProcessBuilder(
                            "stdbuf",
                            "-oL",
                            "mosquitto_sub",
                            "-d",
                            "-V",
                            "mqttv5",
                            "-h",
                            "localhost",
                            "-p",
                            Integer.toString(broker.port()),
                            "-t",
                            "sluice/#",
                            "-q",
                            "1",
                            "-C",
                            "1",
                            "-F",
                            "%P|%x")
                    .redirectOutput(out.toFile())
                    .redirectError(log.toFile())
                    .start();
            await().until(() -> Files.readString(out).contains("Subscribed"));
            send(sluice, "devices", BINARY);
            assertThat(subscriber.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(out))
                    .contains("specversion:1.0", "source:sluice/devices", "type:dev.sluice.message", "sequence:1")
                    .contains("|6100ff0d1bc3a909");
        }
    }

    @Test
    void psqlSeesRows() throws Exception {
        assumeInstalled("psql");
        try (Postgres postgres = Postgres.start(folder)) {
            String url = "postgresql://postgres@localhost:" + postgres.port() + "/postgres";
            run("psql", url, "-c", "create table inbox(id text primary key, listener text, payload bytea)");
            try (RunningSluice sluice =
                    start("""
                            devices: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [out] }
                          sinks:
                            out.jdbc: { sql: "insert into inbox(id, listener, payload) values (:id, :listener, :payload)" }
                        spring.datasource: { url: "jdbc:%s", username: postgres }
                        """.formatted("postgresql://localhost:" + postgres.port() + "/postgres"))) {
                send(sluice, "devices", BINARY);
                await().untilAsserted(() -> assertThat(
                                run("psql", url, "-At", "-c", "select listener, encode(payload, 'hex') from inbox"))
                        .isEqualTo("devices|6100ff0d1bc3a909\n"));
            }
        }
    }

    private RunningSluice start(String listeners, Class<?>... beans) {
        return RunningSluice.with(
                "sluice:\n  data-directory: " + folder.resolve("data") + "\n  listeners:\n" + listeners, beans);
    }

    private static void send(RunningSluice sluice, String listener, byte[] line) throws IOException {
        try (Socket socket = sluice.connect(listener)) {
            socket.getOutputStream().write(line);
            socket.getOutputStream().write('\n');
        }
    }

    /** Runs a program to its end and answers what it printed, a character for each byte. */
    private String run(String... command) throws Exception {
        Path out = Files.createTempFile(folder, "out", "");
        Process process = new ProcessBuilder(List.of(command))
                .redirectOutput(out.toFile())
                .redirectErrorStream(true)
                .start();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(command[0] + " did not end");
        }
        return Files.readString(out, ISO_8859_1);
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

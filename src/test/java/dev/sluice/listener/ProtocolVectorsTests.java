package dev.sluice.listener;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.listener.configuration.ListenerProtocol;
import dev.sluice.listener.configuration.TriedListener;
import dev.sluice.message.Origin;
import dev.sluice.protocol.PlainTemplate;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The protocols that come with the program, against frames that were really sent and the answers that public servers
 * give: see the source that each case names.
 */
final class ProtocolVectorsTests {

    private static final Path FOLDER = Path.of("src/test/resources/vectors");
    private static final HexFormat HEX = HexFormat.of();
    /** What the answers that hold a time were made for. */
    private static final long NOW = Instant.parse("2026-01-02T03:04:05Z").toEpochMilli();

    private static final int SHORT = 20;
    private static final int LONG = 1000;

    static Stream<Arguments> cases() throws IOException {
        List<Arguments> cases = new ArrayList<>();
        try (Stream<Path> files = Files.list(FOLDER)) {
            for (Path file : files.filter(path -> path.toString().endsWith(".json"))
                    .sorted()
                    .toList()) {
                String protocol = file.getFileName().toString().replace(".json", "");
                for (JsonNode one : JsonMapper.shared().readTree(Files.readString(file))) {
                    cases.add(Arguments.of(protocol, one.path("protocol").asString(), one));
                }
            }
        }
        return cases.stream();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    void whatDevicesSendIsAnsweredAsPublicServersDo(String protocol, String title, JsonNode vector) {
        TriedListener tried = TriedListener.find(protocol, null);
        List<byte[]> steps = new ArrayList<>();
        vector.path("steps")
                .forEach(step -> steps.add(HEX.parseHex(step.path("send_hex").asString())));
        whole(tried, vector, steps);
        if (vector.path("transport").asString().equals("tcp")) {
            cut(tried, vector, steps, SHORT);
        }
        downlinks(tried, vector);
    }

    @ParameterizedTest(name = "{0}: {1}")
    @MethodSource("cases")
    @Tag("long")
    void howeverItIsCut(String protocol, String title, JsonNode vector) {
        if (vector.path("transport").asString().equals("tcp")) {
            List<byte[]> steps = new ArrayList<>();
            vector.path("steps")
                    .forEach(
                            step -> steps.add(HEX.parseHex(step.path("send_hex").asString())));
            cut(TriedListener.find(protocol, null), vector, steps, LONG);
        }
    }

    static Stream<Path> bulk() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER.resolve("bulk"))) {
            return files.sorted().toList().stream();
        }
    }

    /**
     * The frames of public decoders' tests, each on a connection of its own, up to those that are told to be damaged.
     */
    @ParameterizedTest
    @MethodSource("bulk")
    void framesOfPublicTestsAreCutAndChecked(Path file) throws IOException {
        TriedListener tried = TriedListener.find(file.getFileName().toString().replace(".txt", ""), null);
        int intact = 0;
        int whole = 0;
        List<String> others = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith("# not intact")) {
                break;
            }
            String hex = line.replaceAll("#.*", "").strip();
            if (!hex.isEmpty()) {
                intact++;
                Trial trial = trial(tried);
                List<Trial.Outcome> outcomes = new ArrayList<>(trial.read(HEX.parseHex(hex)));
                outcomes.addAll(trial.end());
                if (!outcomes.isEmpty() && outcomes.stream().allMatch(Trial.Outcome::whole)) {
                    whole++;
                } else {
                    others.add(line);
                }
            }
        }
        // Binary frames of H02 come in several sizes that begin alike: an operator has to say which.
        double least = file.endsWith("h02.txt") ? 0.89 : 0.95;
        assertThat(whole).as("of %d: %s", intact, others).isGreaterThanOrEqualTo((int) Math.ceil(intact * least));
    }

    private static Trial trial(TriedListener tried) {
        return new Trial(tried, "0c1d", () -> NOW);
    }

    private static void whole(TriedListener tried, JsonNode vector, List<byte[]> steps) {
        Trial trial = trial(tried);
        for (int i = 0; i < steps.size(); i++) {
            List<Trial.Outcome> outcomes = trial.read(steps.get(i));
            assertThat(hex(outcomes))
                    .as("answer to step %d: %s", i, outcomes)
                    .isEqualTo(vector.path("steps").path(i).path("expect_hex").asString());
            JsonNode fields = vector.path("fields").path(i);
            Trial.Outcome last = outcomes.isEmpty() ? null : outcomes.getLast();
            if (fields.isNull()) {
                assertThat(last == null || !last.whole() || !last.ruled())
                        .as("step %d is dropped", i)
                        .isTrue();
            } else if (fields.isObject()) {
                assertThat(last).as("step %d is a message", i).isNotNull();
                fields.properties()
                        .forEach(field -> assertThat(last.fields())
                                .as("fields of step")
                                .containsEntry(field.getKey(), field.getValue().asString()));
            }
        }
        JsonNode device = vector.path("device");
        if (vector.path("transport").asString().equals("tcp")) {
            assertThat(trial.identity())
                    .isEqualTo(device.isNull() || device.isMissingNode() ? null : device.asString());
        }
    }

    /** Byte by byte, all in one, and at random places. */
    private static void cut(TriedListener tried, JsonNode vector, List<byte[]> steps, int times) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        steps.forEach(all::writeBytes);
        StringBuilder expected = new StringBuilder();
        vector.path("steps")
                .forEach(step -> expected.append(step.path("expect_hex").asString()));
        byte[] stream = all.toByteArray();
        if (vector.path("pipelined").asBoolean(true)) {
            Random random = new Random(808);
            for (int i = 0; i < times; i++) {
                int most = switch (i) {
                    case 0 -> 1;
                    case 1 -> stream.length;
                    default -> 1 + random.nextInt(stream.length);
                };
                Trial trial = trial(tried);
                StringBuilder answers = new StringBuilder();
                for (int at = 0; at < stream.length; ) {
                    int next = Math.min(stream.length, at + (i < 2 ? most : 1 + random.nextInt(most)));
                    answers.append(hex(trial.read(Arrays.copyOfRange(stream, at, next))));
                    at = next;
                }
                assertThat(answers)
                        .as("cut %d, at most %d bytes a read", i, most)
                        .hasToString(expected.toString());
            }
        }
    }

    private static void downlinks(TriedListener tried, JsonNode vector) {
        for (JsonNode downlink : vector.path("downlink")) {
            var frames = ListenerProtocol.frames(tried.listener().framing());
            Origin peer = new Origin(
                    tried.name(),
                    "0c1d",
                    "0c1d",
                    new InetSocketAddress("127.0.0.1", 1),
                    vector.path("device").asString());
            PlainTemplate template = downlink.has("hex")
                    ? PlainTemplate.hex(downlink.path("hex").asString(), frames)
                    : PlainTemplate.text(downlink.path("text").asString(), UTF_8, frames);
            var out = new dev.sluice.transport.framing.FrameBuffer();
            tried.listener().framing().toFraming().encode(template.render(peer, 1), out);
            assertThat(HEX.formatHex(out.toByteArray()))
                    .isEqualTo(downlink.path("expect_hex").asString());
        }
    }

    private static String hex(List<Trial.Outcome> outcomes) {
        StringBuilder all = new StringBuilder();
        outcomes.forEach(outcome -> all.append(HEX.formatHex(outcome.answer())));
        return all.toString();
    }
}

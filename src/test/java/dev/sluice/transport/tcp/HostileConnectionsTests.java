package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.transport.Reason;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Type;
import dev.sluice.transport.framing.MutatedStream;
import dev.sluice.transport.framing.SampleFramings;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hostile streams over real connections: each ends, none is left behind, and every frame is accounted for. */
class HostileConnectionsTests {

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.with(Stream.of(Type.values())
                .map(HostileConnectionsTests::listener)
                .collect(Collectors.joining("", "sluice.listeners:\n", "")));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static String listener(Type type) {
        String more = "";
        if (type == Type.DELIMITED) {
            more = ", delimiter: \"|\"";
        } else if (type == Type.FIXED) {
            more = ", size: 7B";
        } else if (type == Type.FRAMES) {
            more = ", frames: [ \"7E ({*}) {checksum} 7E\" ], checksum: xor-8, escape: { 7E: 7D02, 7D: 7D01 },"
                    + " between: 0A";
        }
        return "  %1$s: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo, framing: { type: %1$s, max-size: 100B, on-oversize: skip%2$s } }%n"
                .formatted(name(type), more);
    }

    private static String name(Type type) {
        return type.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @ParameterizedTest
    @EnumSource
    void twoHundredLeaveNothingBehind(Type type) throws IOException {
        attack(type, 0, 200);
    }

    @Tag("long")
    @ParameterizedTest
    @EnumSource
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void tenThousandLeaveNothingBehind(Type type) throws IOException {
        attack(type, 200, 10_200);
    }

    private void attack(Type type, int firstSeed, int endSeed) throws IOException {
        FramingProperties framing = type == Type.LENGTH_PREFIXED
                ? SampleFramings.withLimit(SampleFramings.of(type), 100, OnOversize.SKIP)
                : SampleFramings.all().stream()
                        .filter(sample -> sample.type() == type)
                        .findFirst()
                        .orElseThrow();
        Traffic traffic = sluice.traffic(name(type));
        long before = traffic.connectionsAccepted.sum() + traffic.acceptErrors.sum();
        for (int seed = firstSeed; seed < endSeed; seed++) {
            Random random = new Random(seed);
            converse(name(type), MutatedStream.of(framing, random), random);
        }
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            long closed = Stream.of(Reason.Closed.values())
                    .mapToLong(reason -> traffic.closed(reason).sum())
                    .sum();
            assertThat(traffic.connectionsAccepted.sum() + traffic.acceptErrors.sum())
                    .isEqualTo(before + endSeed - firstSeed);
            assertThat(closed).isEqualTo(traffic.connectionsAccepted.sum());
            assertThat(sluice.listener(name(type)).transport().connections()).isEmpty();
        });
        long dropped = Stream.of(Reason.Dropped.values())
                .mapToLong(reason -> traffic.dropped(reason).sum())
                .sum();
        assertThat(traffic.closed(Reason.Closed.FAILED).sum()).isZero();
        assertThat(traffic.failed.sum()).isZero();
        assertThat(traffic.accepted.sum() + dropped)
                .isEqualTo(traffic.received.sum())
                .isPositive();
    }

    private static void converse(String listener, byte[] stream, Random random) throws IOException {
        try (Socket socket = sluice.connect(listener)) {
            try {
                int cut = random.nextInt(stream.length + 1);
                socket.getOutputStream().write(Arrays.copyOf(stream, cut));
                socket.getOutputStream().write(stream, cut, stream.length - cut);
                if (random.nextInt(10) > 0) {
                    socket.shutdownOutput();
                    socket.getInputStream().readAllBytes();
                }
            } catch (IOException ex) {
                // Whoever sends what is no frame is disconnected at any moment.
            }
        }
    }
}

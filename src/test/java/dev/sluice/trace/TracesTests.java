package dev.sluice.trace;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sluice.RunningSluice;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.sink.http.WebServer;
import dev.sluice.sink.kafka.KafkaBroker;
import dev.sluice.trace.Collector.Span;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.sdk.trace.SpanProcessor;
import java.net.DatagramSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;

/** One trace from the socket to the sinks, of the messages that are chosen and of no others. */
final class TracesTests {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    private String yaml(String endpoint, double probability, String sinks) {
        return """
            management:
              tracing.sampling.probability: %s
              opentelemetry.tracing.export:
                schedule-delay: 50ms
                otlp.endpoint: "%s"
            sluice:
              data-directory: %s
              listeners:
                greeter:
                  tcp: { address: localhost, port: 0 }
                  reply: { type: echo }
            """.formatted(probability, endpoint, directory) + sinks;
    }

    private static List<Span> await(Collector collector, int count) {
        return Awaitility.await().atMost(PATIENCE).until(collector::spans, spans -> spans.size() >= count);
    }

    private static Map<String, Span> byName(List<Span> spans) {
        return spans.stream().collect(Collectors.toMap(Span::name, Function.identity()));
    }

    @Test
    void oneTraceGoesFromTheSocketThroughTheSpoolToEachSink() throws Exception {
        try (Collector collector = Collector.start();
                DatagramSocket socket = new DatagramSocket();
                WebServer hook = WebServer.answering(204);
                KafkaBroker kafka = KafkaBroker.start()) {
            kafka.createTopic("events");
            String more = """
                      sinks: [events, hook]
                    datagrams:
                      udp: { address: localhost, port: 0 }
                      reply: { type: echo }
                    failing:
                      tcp: { address: localhost, port: 0 }
                      reply: { type: echo, on-failure: "NO {reason}" }
                      delivery: { mode: direct }
                      sinks: [nobody]
                  sinks:
                    events: { kafka: { topic: events } }
                    hook: { http: { url: "%s", timeout: 5s } }
                    nobody: { tcp: { host: localhost, port: 1 } }
                spring.kafka.bootstrap-servers: "%s"
                """.formatted(hook.url(), kafka.servers());
            try (RunningSluice sluice = RunningSluice.with(yaml(collector.endpoint(), 1, more))) {
                assertThat(sluice.converse("greeter", "hello\n")).isEqualTo("hello\n");
                ConsumerRecord<byte[], byte[]> event =
                        kafka.records("events", 1).getFirst();
                Map<String, Span> spans = byName(await(collector, 4));
                assertThat(spans).containsOnlyKeys("receive greeter", "accept greeter", "send events", "send hook");
                areOneTrace(spans);
                Span hooked = Objects.requireNonNull(spans.get("send hook"));
                assertThat(hook.received().getFirst().header("Traceparent")).isEqualTo(traceparent(hooked));
                assertThat(event.headers().lastHeader("traceparent").value())
                        .asString(UTF_8)
                        .isEqualTo(traceparent(Objects.requireNonNull(spans.get("send events"))));
                assertThat(collector.paths()).containsOnly("/v1/traces");

                sluice.sendDatagram(socket, "datagrams", "hello".getBytes(UTF_8));
                assertThat(RunningSluice.receiveDatagram(socket))
                        .asString(UTF_8)
                        .isEqualTo("hello");
                assertThat(byName(await(collector, 5))).containsKey("receive datagrams");

                assertThat(sluice.converse("failing", "hello\n")).startsWith("NO ");
                spans = byName(await(collector, 8));
                assertThat(spans.get("receive failing").failure()).isEqualTo("not available");
                assertThat(spans.get("accept failing").failure()).isEqualTo("not available");
                assertThat(spans.get("send nobody").failure()).isNotEmpty();
            }
        }
    }

    private static void areOneTrace(Map<String, Span> spans) {
        Span receive = Objects.requireNonNull(spans.get("receive greeter"));
        assertThat(receive.parent()).isEmpty();
        assertThat(receive.attributes())
                .containsEntry("sluice.listener", "greeter")
                .containsKeys("messaging.message.id", "sluice.connection", "client.address");
        assertThat(spans.values()).allSatisfy(span -> {
            assertThat(span.trace()).isEqualTo(receive.trace());
            assertThat(span.parent()).isEqualTo(span == receive ? "" : receive.id());
            assertThat(span.end()).isGreaterThan(span.start());
            assertThat(span.failure()).isEmpty();
        });
    }

    private static String traceparent(Span span) {
        return "00-" + span.trace() + "-" + span.id() + "-01";
    }

    @Test
    void aTraceGoesOnInTheNextRun() throws Exception {
        try (Collector collector = Collector.start();
                WebServer hook = WebServer.answering(204)) {
            String sinks = """
                      sinks: [hook]
                      delivery: { backoff: 50ms }
                  sinks:
                    hook: { http: { url: "%s", timeout: 5s } }
                """;
            try (WebServer away = WebServer.answering(503);
                    RunningSluice sluice =
                            RunningSluice.with(yaml(collector.endpoint(), 1, sinks.formatted(away.url())))) {
                assertThat(sluice.converse("greeter", "hello\n")).isEqualTo("hello\n");
                await(collector, 3);
            }
            assertThat(collector.spans())
                    .filteredOn(span -> span.name().equals("send hook"))
                    .isNotEmpty()
                    .extracting(Span::failure)
                    .allSatisfy(failure -> assertThat(failure).contains("503"));
            int before = collector.spans().size();
            try (RunningSluice sluice =
                    RunningSluice.with(yaml(collector.endpoint(), 0, sinks.formatted(hook.url())))) {
                await(collector, before + 1);
                assertThat(sluice.converse("greeter", "not chosen\n")).isEqualTo("not chosen\n");
                Awaitility.await().atMost(PATIENCE).until(() -> hook.received().size() == 2);
            }
            assertThat(collector.spans()).hasSize(before + 1);
            Span last = collector.spans().getLast();
            assertThat(last.name()).isEqualTo("send hook");
            assertThat(last.failure()).isEmpty();
            assertThat(collector.spans()).extracting(Span::trace).containsOnly(last.trace());
            assertThat(hook.received().getFirst().header("Traceparent")).isEqualTo(traceparent(last));
            assertThat(hook.received().getLast().headers()).doesNotContainKey("Traceparent");
        }
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 0", "1, 20000, 20000", "0.1, 1800, 2200", "0.001, 1, 60"})
    void asManyAreChosenAsIsWanted(double probability, int least, int most) {
        Traces traces = new Traces(OpenTelemetry.noop().getTracer("none"), probability);
        int chosen = 0;
        for (int connection = 0; connection < 2000; connection++) {
            FrameTraces frames = traces.newFrames();
            for (int sequence = 1; sequence <= 10; sequence++) {
                ReceivedMessage message = TracedPeer.message(sequence);
                frames.take(message);
                chosen += message.trace() == null ? 0 : 1;
            }
            frames.answered();
        }
        assertThat(chosen).isBetween(least, most);
    }

    @Test
    void nothingIsThereWhereNobodyCollectsTraces() throws Exception {
        try (RunningSluice sluice = RunningSluice.with(yaml("", 1, ""))) {
            assertThat(sluice.converse("greeter", "hello\n")).isEqualTo("hello\n");
            for (Class<?> type : List.of(OpenTelemetry.class, Tracer.class, SpanProcessor.class, Traces.class)) {
                assertThatThrownBy(() -> sluice.bean(type))
                        .as(type.getName())
                        .isInstanceOf(NoSuchBeanDefinitionException.class);
            }
            assertThat(Thread.getAllStackTraces().keySet())
                    .extracting(Thread::getName)
                    .noneMatch(name -> name.contains("SpanProcessor"));
        }
    }
}

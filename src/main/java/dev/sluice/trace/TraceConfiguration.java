package dev.sluice.trace;

import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.metrics.MeterProvider;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.sdk.common.export.MemoryMode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.opentelemetry.sdk.trace.samplers.SamplingResult;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingAutoConfiguration;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.OpenTelemetryTracingProperties;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.SpanExporters;
import org.springframework.boot.micrometer.tracing.opentelemetry.autoconfigure.otlp.OtlpHttpSpanExporterBuilderCustomizer;
import org.springframework.context.annotation.Bean;

/** Left out, as is what Spring Boot has for traces, where nobody collects them: see {@link TraceFilter}. */
@AutoConfiguration(before = OpenTelemetryTracingAutoConfiguration.class)
class TraceConfiguration {

    /** Of the context of a trace that begins with a message that was chosen. */
    static final ContextKey<Boolean> CHOSEN = ContextKey.named("sluice.chosen");

    /** In place of Boot's: which messages have a trace has been decided before there is anything to ask about. */
    @Bean
    Sampler chosenMessages() {
        return Sampler.parentBased(new Chosen());
    }

    /** Replaces Boot's, which wraps each span for filters. Here are none. */
    @Bean
    BatchSpanProcessor spans(
            SpanExporters exporters, OpenTelemetryTracingProperties tracing, ObjectProvider<MeterProvider> meters) {
        OpenTelemetryTracingProperties.Export export = tracing.getExport();
        return BatchSpanProcessor.builder(SpanExporter.composite(exporters.list()))
                .setExporterTimeout(export.getTimeout())
                .setMaxExportBatchSize(export.getMaxBatchSize())
                .setMaxQueueSize(export.getMaxQueueSize())
                .setScheduleDelay(export.getScheduleDelay())
                .setMeterProvider(meters.getIfAvailable(MeterProvider::noop))
                .build();
    }

    /** The other mode reuses objects. That saves garbage, and costs more time where thousands are sent at once. */
    @Bean
    static OtlpHttpSpanExporterBuilderCustomizer memory() {
        return exporter -> exporter.setMemoryMode(MemoryMode.IMMUTABLE_DATA);
    }

    @Bean
    Traces traces(
            OpenTelemetry telemetry, @Value("${management.tracing.sampling.probability:0.01}") double probability) {
        return new Traces(telemetry.getTracer("dev.sluice"), probability);
    }

    /** Takes what begins with a message; calls of management begin no traces. */
    private static final class Chosen implements Sampler {

        @Override
        public SamplingResult shouldSample(
                Context parent,
                String traceId,
                String name,
                SpanKind kind,
                Attributes attributes,
                List<LinkData> links) {
            return parent.get(CHOSEN) == null ? SamplingResult.drop() : SamplingResult.recordAndSample();
        }

        @Override
        public String getDescription() {
            return "messages that were chosen";
        }
    }
}

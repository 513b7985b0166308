package dev.sluice.trace;

import dev.sluice.sink.http.WebServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Takes traces as a collector of OpenTelemetry does: OTLP over HTTP, in protobuf. */
final class Collector implements AutoCloseable {

    /** Field numbers of opentelemetry-proto 1.8. */
    private static final int FIRST = 1;

    private static final int SECOND = 2;
    private static final int PARENT = 4;
    private static final int NAME = 5;
    private static final int START = 7;
    private static final int END = 8;
    private static final int ATTRIBUTES = 9;
    private static final int STATUS = 15;

    private final WebServer server;

    private Collector(WebServer server) {
        this.server = server;
    }

    static Collector start() throws IOException {
        return new Collector(WebServer.answering(200));
    }

    /** For {@code management.opentelemetry.tracing.export.otlp.endpoint}. */
    String endpoint() {
        return server.url().replaceFirst("/in.*", "/v1/traces");
    }

    /**
     * A span as it came.
     *
     * @param start in nanoseconds since the epoch
     * @param failure what its status says if that is an error; empty if it is none
     */
    record Span(
            String trace,
            String id,
            String parent,
            String name,
            long start,
            long end,
            Map<String, String> attributes,
            String failure) {}

    /** All so far, by their start. */
    List<Span> spans() {
        List<Span> spans = new ArrayList<>();
        for (WebServer.Received request : server.received()) {
            each(
                    request.body(),
                    FIRST,
                    resource -> each(resource, SECOND, scope -> each(scope, SECOND, span -> spans.add(span(span)))));
        }
        spans.sort(Comparator.comparingLong(Span::start));
        return spans;
    }

    /** Requests by their path. */
    List<String> paths() {
        return server.received().stream().map(WebServer.Received::path).toList();
    }

    private static Span span(byte[] bytes) {
        Map<Integer, byte[]> fields = fields(bytes);
        Map<String, String> attributes = new TreeMap<>();
        each(bytes, ATTRIBUTES, attribute -> {
            Map<Integer, byte[]> pair = fields(attribute);
            Map<Integer, byte[]> value = fields(pair.get(SECOND));
            attributes.put(text(pair.get(FIRST)), text(value.getOrDefault(FIRST, new byte[0])));
        });
        Map<Integer, byte[]> status = fields(fields.getOrDefault(STATUS, new byte[0]));
        return new Span(
                HexFormat.of().formatHex(fields.get(FIRST)),
                HexFormat.of().formatHex(fields.get(SECOND)),
                HexFormat.of().formatHex(fields.getOrDefault(PARENT, new byte[0])),
                text(fields.get(NAME)),
                number(fields.get(START)),
                number(fields.get(END)),
                attributes,
                text(status.getOrDefault(SECOND, new byte[0])));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static long number(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong();
    }

    /** The last of each number. */
    private static Map<Integer, byte[]> fields(byte[] message) {
        Map<Integer, byte[]> fields = new TreeMap<>();
        parse(message, (number, value) -> fields.put(number, value));
        return fields;
    }

    private static void each(byte[] message, int wanted, Consumer<byte[]> use) {
        parse(message, (number, value) -> {
            if (number == wanted) {
                use.accept(value);
            }
        });
    }

    private interface Field {
        void take(int number, byte[] value);
    }

    private static void parse(byte[] message, Field field) {
        ByteBuffer in = ByteBuffer.wrap(message);
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            int length = switch (tag & 7) {
                case 0 -> {
                    varint(in);
                    yield 0;
                }
                case 1 -> 8;
                case 2 -> (int) varint(in);
                case 5 -> 4;
                default -> throw new IllegalArgumentException("no protobuf");
            };
            byte[] value = new byte[length];
            in.get(value);
            field.take(tag >>> 3, value);
        }
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        int shift = 0;
        byte next;
        do {
            next = in.get();
            value |= (next & 0x7FL) << shift;
            shift += 7;
        } while (next < 0);
        return value;
    }

    @Override
    public void close() {
        server.close();
    }
}

package dev.sluice.bench.flow;

import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/** Where lines go from the disk, and how they get there. */
public enum Flow {
    /** One request a message, as the sink does it. */
    HTTP(
            HttpSinkProgram.class,
            "`java.net.http` client, 16 connections, one request a line",
            1_000,
            "1MB",
            "--sluice.sinks.lines.http.url=http://%s/"),

    /** A topic with {@value KafkaSinkProgram#PARTITIONS} partitions. */
    KAFKA(
            KafkaSinkProgram.class,
            "one producer, idempotent, `acks=all`, `linger.ms=0`",
            2_000,
            "16MB",
            "--spring.kafka.bootstrap-servers=%s",
            "--sluice.sinks.lines.kafka.topic=" + KafkaSinkProgram.TOPIC);

    private final Class<?> sink;
    private final String direct;
    private final int rate;
    private final String spool;
    private final List<String> arguments;

    Flow(Class<?> sink, String direct, int rate, String spool, String... arguments) {
        this.sink = sink;
        this.direct = direct;
        this.rate = rate;
        this.spool = spool;
        this.arguments = List.of(arguments);
    }

    public String title() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The main class of the process that counts what arrives. */
    public Class<?> sink() {
        return sink;
    }

    /** What writes to the sink without Sluice. */
    public String direct() {
        return direct;
    }

    /** Lines per second of the timed part: well below what the sink can take. */
    public int rate() {
        return rate;
    }

    /**
     * For Sluice, to deliver to a sink at that address. A small spool keeps the drain short: when it is full, peers
     * wait.
     */
    public List<String> arguments(String address) {
        return Stream.concat(
                        arguments.stream().map(argument -> argument.formatted(address)),
                        Stream.of("--sluice.listeners.bench.delivery.max-spool-size=" + spool))
                .toList();
    }
}

package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.sluice.delivery.DeclaredRoutes;
import dev.sluice.delivery.DeliveryProperties;
import dev.sluice.delivery.DeliveryProperties.Mode;
import dev.sluice.delivery.DeliveryProperties.WhenFull;
import dev.sluice.delivery.Route;
import dev.sluice.delivery.RouteDeclaration;
import dev.sluice.delivery.Routes;
import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.RuledMessage;
import dev.sluice.sink.SampleMessage;
import dev.sluice.sink.Sink;
import java.io.BufferedReader;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * Delivery as it is in the service, behind the simplest of listeners and before the simplest of sinks, without Spring:
 * it starts in a second. It is told to the outside as a {@link HeadlessSluice} with a file sink {@code recorded.log}
 * would be.
 */
final class RouteProgram {

    /** An argument: of three lines the first goes to {@code recorder}, the second to both, the third to the other. */
    static final String RULED = "ruled";

    private static final List<@Nullable List<String>> RULES =
            Arrays.asList(List.of("other"), null, List.of("other", "recorder"));

    private RouteProgram() {}

    public static void main(String[] args) throws IOException {
        DeliveryProperties properties = new DeliveryProperties(
                Mode.DURABLE,
                DataSize.ofMegabytes(100),
                WhenFull.HOLD,
                0,
                Duration.ofMillis(100),
                Duration.ofSeconds(1));
        boolean ruled = List.of(args).contains(RULED);
        List<String> sinks = ruled ? List.of("recorder", "other") : List.of("recorder");
        Routes routes = new Routes(
                Path.of("data"),
                new DeclaredRoutes(
                        LineSink::new,
                        Set.copyOf(sinks),
                        List.of(new RouteDeclaration(
                                "in",
                                sinks,
                                List.of("recorder"),
                                properties,
                                false,
                                StandardCharsets.UTF_8,
                                null,
                                false))));
        routes.start();
        Route route = routes.find("in").orElseThrow();
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            System.out.println("Listener 'in': tcp 127.0.0.1 port " + server.getLocalPort());
            while (true) {
                Socket socket = server.accept();
                Thread.ofVirtual().start(() -> converse(socket, route, ruled));
            }
        }
    }

    private static void converse(Socket socket, Route route, boolean ruled) {
        String connection = UUID.randomUUID().toString();
        try (socket;
                BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII))) {
            long sequence = 0;
            String line = in.readLine();
            while (line != null) {
                List<Envelope> messages = new ArrayList<>();
                StringBuilder replies = new StringBuilder();
                do {
                    sequence++;
                    SampleMessage message = SampleMessage.of(connection, sequence, line);
                    messages.add(ruled ? new RuledMessage(message, RULES.get((int) (sequence % 3))) : message);
                    replies.append("OK ").append(sequence).append('\n');
                    line = in.ready() ? in.readLine() : "";
                } while (line != null && !line.isEmpty());
                if (!route.accept(messages).complete()) {
                    throw new IOException("not accepted");
                }
                socket.getOutputStream().write(replies.toString().getBytes(US_ASCII));
                line = in.readLine();
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Appends to a file as the file sink does, without forcing it: what is killed is the program, not the machine. */
    private record LineSink(String name) implements Sink {

        @Override
        public Confirmation<Failure> send(List<? extends Envelope> messages) {
            StringBuilder lines = new StringBuilder();
            for (Envelope message : messages) {
                lines.append("{\"id\":\"%s\",\"data\":\"%s\"}%n"
                        .formatted(message.id(), new String(message.getPayload(), US_ASCII)));
            }
            try (FileOutputStream out =
                    new FileOutputStream(name.equals("recorder") ? "recorded.log" : name + ".log", true)) {
                out.write(lines.toString().getBytes(US_ASCII));
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
            return Confirmation.all();
        }

        @Override
        public void close() {}
    }
}

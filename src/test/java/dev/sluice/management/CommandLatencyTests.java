package dev.sluice.management;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import dev.sluice.command.Confirm;
import dev.sluice.command.Device;
import dev.sluice.command.DeviceCommands;
import dev.sluice.command.Mode;
import dev.sluice.command.NewCommand;
import dev.sluice.device.CommandDesk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Locale;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.SynchronousQueue;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * How long a command takes from its submission until a device that is connected and idle has read it, beside what the
 * disk takes to force a page. All three are measured in turns, so that they meet the same machine.
 */
@Tag("long")
@Timeout(900)
final class CommandLatencyTests {

    private static final int WARMUP = 500;
    private static final int ROUNDS = 700;
    private static final String YAML = """
        spring.security.user.password: secret
        server.tomcat.max-keep-alive-requests: -1
        sluice:
          data-directory: "%s"
          listeners:
            meters:
              tcp: { address: 127.0.0.1, port: 0 }
              rules: [ { match.text: "login {id}", identify: "{id}", reply.text: "welcome", forward: false } ]
              commands: {}
        """;

    private static final String REQUEST = """
        POST /actuator/commands HTTP/1.1
        Host: localhost
        Content-Type: application/json
        Content-Length: 28
        Authorization: Basic %s

        """;

    @TempDir
    private Path folder;

    @Test
    void aCommandIsWrittenSoonAfterItsSubmission() throws Exception {
        try (RunningSluice sluice = RunningSluice.withManagement(YAML.formatted(folder));
                Socket device = sluice.connect("meters");
                Socket http = new Socket("localhost", sluice.httpPort());
                FileChannel file = FileChannel.open(
                        folder.resolve("forced"), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            byte[] request = REQUEST.formatted(Base64.getEncoder().encodeToString("operator:secret".getBytes(UTF_8)))
                    .replace("\n", "\r\n")
                    .concat("{\"identity\":\"A\",\"text\":\"go\"}")
                    .getBytes(UTF_8);
            BufferedReader answers = new BufferedReader(new InputStreamReader(http.getInputStream(), UTF_8));
            DeviceCommands commands = sluice.bean(CommandDesk.class).commands().orElseThrow();
            SynchronousQueue<Long> heard = new SynchronousQueue<>();
            listen(device, heard);
            ConcurrentHashMap<String, double[]> taken = new ConcurrentHashMap<>();
            for (int i = 0; i < WARMUP + ROUNDS; i++) {
                long start = System.nanoTime();
                file.write(ByteBuffer.allocate(4096), 4096L * (i % 1024));
                file.force(false);
                note(taken, "fsync", i, System.nanoTime() - start);

                start = System.nanoTime();
                var _ = commands.submit(new NewCommand(
                        new Device("meters", "A"),
                        "inside-" + i,
                        "go".getBytes(UTF_8),
                        Mode.AT_LEAST_ONCE,
                        3,
                        Duration.ofMinutes(1),
                        Confirm.WRITTEN,
                        50,
                        "meters"));
                note(taken, "inside", i, heard.take() - start);
                commands.await("inside-" + i, Duration.ofSeconds(10)).get();

                start = System.nanoTime();
                http.getOutputStream().write(request);
                note(taken, "HTTP", i, heard.take() - start);
                readAnswer(answers);
            }
            double fsync = percentile(taken, "fsync", 50);
            for (String what : new String[] {"fsync", "inside", "HTTP"}) {
                System.out.printf(
                        Locale.ROOT,
                        "%-6s p50 %.2f ms, p90 %.2f, p99 %.2f; %.1f times the fsync%n",
                        what,
                        percentile(taken, what, 50),
                        percentile(taken, what, 90),
                        percentile(taken, what, 99),
                        percentile(taken, what, 50) / fsync);
            }
        }
    }

    private static void readAnswer(BufferedReader answers) throws IOException {
        assertThat(answers.readLine()).matches("HTTP/1.1 20[02].*");
        int length = -1;
        for (String line = answers.readLine(); !line.isEmpty(); line = answers.readLine()) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
        }
        if (length >= 0) {
            answers.skip(length);
            return;
        }
        for (int chunk = Integer.parseInt(answers.readLine(), 16); chunk > 0; ) {
            answers.skip(chunk);
            answers.readLine();
            chunk = Integer.parseInt(answers.readLine(), 16);
        }
        answers.readLine();
    }

    private static void listen(Socket device, SynchronousQueue<Long> heard) throws IOException {
        device.getOutputStream().write("login A\n".getBytes(UTF_8));
        BufferedReader in = new BufferedReader(new InputStreamReader(device.getInputStream(), UTF_8));
        assertThat(in.readLine()).isEqualTo("welcome");
        Thread.ofPlatform().daemon().start(() -> {
            try {
                while (in.readLine() != null) {
                    heard.put(System.nanoTime());
                }
            } catch (IOException | InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private static void note(ConcurrentHashMap<String, double[]> taken, String what, int round, long nanos) {
        if (round >= WARMUP) {
            taken.computeIfAbsent(what, _ -> new double[ROUNDS])[round - WARMUP] = nanos / 1e6;
        }
    }

    private static double percentile(ConcurrentHashMap<String, double[]> taken, String what, int percent) {
        double[] sorted = taken.get(what).clone();
        Arrays.sort(sorted);
        return sorted[(int) ((sorted.length - 1) * percent / 100.0)];
    }
}

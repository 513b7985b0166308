package dev.sluice.client.status;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.operation.QuickStart;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The command as an operator types it, beside a service. */
final class StatusCommandTests {

    @TempDir
    private Path folder;

    private record Run(int code, String out, String err) {}

    private static ProcessBuilder status(String... arguments) {
        List<String> command = QuickStart.sluice("status");
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command);
        builder.environment().put("SLUICE_PASSWORD", "secret");
        return builder;
    }

    private static Run run(ProcessBuilder builder) throws IOException, InterruptedException {
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), UTF_8);
        String err = new String(process.getErrorStream().readAllBytes(), UTF_8);
        return new Run(process.waitFor(), out, err);
    }

    private RunningSluice start(String more) {
        return RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice.data-directory: "%s"
            sluice.users.ann.password: secret
            """.formatted(folder) + more);
    }

    private static String url(RunningSluice sluice) {
        return "http://localhost:" + sluice.httpPort();
    }

    @Test
    void allIsWell() throws Exception {
        try (RunningSluice sluice = start("""
            sluice.listeners:
              greeter: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
              paused: { udp: { address: 127.0.0.1, port: 0 } }
            """)) {
            sluice.converse("greeter", "a\nb\n");
            sluice.listener("paused").pause();
            Run run = run(status(url(sluice)));

            assertThat(run.err()).isEmpty();
            assertThat(run.out().lines().toList())
                    .satisfiesExactly(
                            head -> assertThat(head)
                                    .matches("LISTENER  STATE    AT +OPEN  RECEIVED  FAILED  DROPPED  WAITING  DEAD"),
                            line -> assertThat(line)
                                    .matches("greeter   RUNNING  tcp 127.0.0.1:%d +0 +2( +0){4}"
                                            .formatted(sluice.port("greeter"))),
                            line -> assertThat(line).startsWith("paused    PAUSED   udp 127.0.0.1:"),
                            line -> assertThat(line).isEmpty(),
                            line -> assertThat(line).isEqualTo("All is well."));
            assertThat(run.code()).isZero();

            assertThat(run(status(url(sluice), "--user", "ann"))).isEqualTo(run);
            ProcessBuilder wrong = status(url(sluice), "--user", "mallory");
            assertThat(run(wrong)).satisfies(refused -> {
                assertThat(refused.code()).isEqualTo(1);
                assertThat(refused.err())
                        .contains("user 'mallory' or the password is wrong")
                        .hasLineCount(1);
            });
        }
    }

    @Test
    void whatNeedsAttentionIsToldAndMakesTheExitCode() throws Exception {
        try (ServerSocket taken = new ServerSocket(0);
                RunningSluice sluice = start("""
                    sluice.listeners:
                      intake: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo, sinks: [upstream] }
                      busy: { enabled: false, tcp: { address: 127.0.0.1, port: %d } }
                      dialled: { tcp.connect: "127.0.0.1:%d" }
                    sluice.sinks.upstream.tcp: { host: 127.0.0.1, port: %d }
                    """.formatted(taken.getLocalPort(), Ports.free(), Ports.free()))) {
            sluice.converse("intake", "a\n");
            try {
                sluice.listener("busy").start();
            } catch (RuntimeException ex) {
                assertThat(ex).hasMessageContaining("in use");
            }
            await().until(() -> sluice.listener("intake").route().orElseThrow().ledgers().stream()
                    .anyMatch(ledger -> ledger.isFailing()));
            Run run = run(status(url(sluice)));

            assertThat(run.out())
                    .contains("dials 0 of 1", "Needs attention:")
                    .contains("  listener busy: port " + taken.getLocalPort() + " on 127.0.0.1 is in use")
                    .contains("  listener dialled: 1 of its devices is away")
                    .contains("  sink upstream, of listener intake: ");
            assertThat(run.code()).isEqualTo(4);

            Run json = run(status("--json", url(sluice)));
            assertThat(json.code()).isEqualTo(4);
            JsonNode told = new JsonMapper().readTree(json.out());
            assertThat(told.at("/attention")).hasSize(3);
            assertThat(told.at("/listeners/intake/messages/spooled").asInt()).isEqualTo(1);
            assertThat(told.at("/spools/intake/sinks/upstream/messages").asInt())
                    .isEqualTo(1);
            assertThat(told.at("/health/components/sinks/status").asString()).isEqualTo("DOWN");
        }
    }

    @Test
    void watchesUntilItIsEnded() throws Exception {
        try (RunningSluice sluice = start("""
            sluice.listeners.greeter: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
            """)) {
            Process watching = status("--watch", url(sluice)).start();
            try (BufferedReader out = watching.inputReader(UTF_8)) {
                assertThat(out.lines()
                                .filter(line -> line.startsWith("LISTENER"))
                                .limit(2))
                        .satisfiesExactly(
                                first -> assertThat(first).doesNotContain("PER SECOND"),
                                second -> assertThat(second).contains("RECEIVED  PER SECOND  FAILED"));
            } finally {
                watching.destroy();
            }
            assertThat(watching.waitFor(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void trustsTheAuthorityThatItIsGivenAndNoOther() throws Exception {
        TestAuthority authority = TestAuthority.in(folder, "authority");
        authority.issue("edge", "CN=localhost");
        try (RunningSluice sluice =
                start("""
                    sluice.listeners.greeter: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                    server.ssl.bundle: edge
                    spring.ssl.bundle.pem.edge.keystore: { certificate: "%s", private-key: "%s" }
                    """.formatted(authority.certificateFile("edge"), authority.keyFile("edge")))) {
            String url = "https://localhost:" + sluice.httpPort();

            Run trusting = run(status(url, "--cacert", authority.certificate().toString()));
            assertThat(trusting.err()).isEmpty();
            assertThat(trusting.out()).contains("greeter   RUNNING");
            assertThat(run(status(url))).satisfies(refused -> {
                assertThat(refused.code()).isEqualTo(1);
                assertThat(refused.err())
                        .contains("its certificate is not trusted", "--cacert")
                        .hasLineCount(1);
            });
            assertThat(run(status("http://localhost:" + sluice.httpPort())).code())
                    .isEqualTo(1);
        }
    }

    @Test
    void whatCannotBeIsToldInOneLine() throws Exception {
        ProcessBuilder silent = status("http://localhost:1");
        silent.environment().remove("SLUICE_PASSWORD");
        assertThat(run(silent))
                .isEqualTo(new Run(
                        2, "", "The password of 'operator' is missing. Set SLUICE_PASSWORD." + System.lineSeparator()));
        assertThat(run(status("http://127.0.0.1:" + Ports.free()))).satisfies(run -> {
            assertThat(run.code()).isEqualTo(1);
            assertThat(run.err()).contains("refused: nothing listens there").hasLineCount(1);
        });
        assertThat(run(status("--cacert", "nowhere.pem", "https://localhost:1")))
                .satisfies(run -> {
                    assertThat(run.code()).isEqualTo(2);
                    assertThat(run.err())
                            .contains("'nowhere.pem' cannot be read")
                            .hasLineCount(1);
                });
    }

    @Test
    void aPasswordIsNoArgument() {
        assertThat(refusal("http://operator:secret@localhost:8080")).contains("in SLUICE_PASSWORD");
        assertThat(refusal("--password", "secret")).contains("Unknown option: '--password'");
        assertThat(refusal("localhost:8080")).contains("is no URL of a service");
    }

    /** Returns what is printed to standard error by one that ends with the exit code for usage. */
    private static String refusal(String... arguments) {
        StringWriter err = new StringWriter();
        CommandLine command = new CommandLine(new StatusCommand(false)).setErr(new PrintWriter(err));
        assertThat(command.execute(arguments)).isEqualTo(CommandLine.ExitCode.USAGE);
        return err.toString();
    }

    @Test
    void whatComesFromPeersCannotSteerTheTerminal() {
        JsonNode listeners = new JsonMapper().readTree("{\"a\":{\"state\":\"FAILED\",\"failure\":\"\\u001b[2J\"}}");
        JsonNode empty = new JsonMapper().createObjectNode();
        Snapshot snapshot = new Snapshot(0, listeners, empty, empty, Optional.empty());
        assertThat(Overview.lines(snapshot, Optional.empty(), Attention.in(snapshot)))
                .last()
                .isEqualTo("  listener a: \\u001b[2J");
    }
}

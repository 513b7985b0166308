package dev.sluice.management.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.management.security.Caller.Answer;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.security.crypto.bcrypt.BCryptPasswordEncoder;

/** Users with names and passwords, right and wrong ones. */
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class LoginTests {

    private static final String PATH = "/actuator/listeners";

    @Test
    void thereMayBeSeveralUsersWithPlainAndHashedPasswords(CapturedOutput output) {
        try (RunningSluice sluice =
                RunningSluice.withManagement("""
                    sluice.users:
                      ann: { password: "{bcrypt}%s", role: operator }
                      bob: { password: "p:ä{ß}", role: viewer }
                      prometheus: { password: scrape }
                    """.formatted(new BCryptPasswordEncoder(4).encode("hashed")))) {
            assertThat(Caller.user(sluice, "ann:hashed").get(PATH).status()).isEqualTo(200);
            assertThat(Caller.user(sluice, "ann:hashed").get(PATH).status()).isEqualTo(200);
            assertThat(Caller.user(sluice, "ann:wrong").get(PATH).status()).isEqualTo(401);
            assertThat(Caller.user(sluice, "bob:p:ä{ß}").get(PATH).status()).isEqualTo(200);
            assertThat(Caller.user(sluice, "prometheus:scrape")
                            .get("/actuator/prometheus")
                            .status())
                    .isEqualTo(200);
            assertThat(writes(sluice, "ann:hashed")).isEqualTo(404);
            assertThat(writes(sluice, "bob:p:ä{ß}")).isEqualTo(403);
            assertThat(writes(sluice, "prometheus:scrape")).isEqualTo(403);
            assertThat(output.getAll()).doesNotContain("has the password");
        }
    }

    private static int writes(RunningSluice sluice, String user) {
        return Caller.user(sluice, user)
                .call("POST", "/actuator/listeners/none", "{\"action\":\"stop\"}")
                .status();
    }

    @Test
    void aPasswordIsMadeUpWhereNobodyElseCouldWrite(CapturedOutput output) {
        try (RunningSluice sluice = RunningSluice.withManagement("sluice.users.bob.password: look")) {
            String password = output.getAll()
                    .replaceAll("(?s).*user 'operator' has the password (\\S+) until this process ends.*", "$1");

            assertThat(Caller.user(sluice, "operator:" + password).get(PATH).status())
                    .isEqualTo(200);
            assertThat(Caller.user(sluice, "bob:look").get(PATH).status()).isEqualTo(200);
        }
    }

    @Test
    void whoGuessesIsSlowedAndOthersAreNot(CapturedOutput output) throws Exception {
        try (RunningSluice sluice = RunningSluice.withManagement("spring.security.user.password: secret")) {
            Caller right = Caller.user(sluice, "operator:secret");
            for (int i = 0; i < FailedLogins.FREE; i++) {
                assertThat(Caller.user(sluice, "operator:guess" + i).get(PATH).status())
                        .isEqualTo(401);
            }
            // On a machine that is slow, a second may have passed already; the next wait is longer.
            await().untilAsserted(() -> {
                Answer refused = Caller.user(sluice, "operator:guess").get(PATH);
                assertThat(refused.status()).isEqualTo(429);
                assertThat(Integer.parseInt(refused.header("Retry-After"))).isPositive();
                assertThat(refused.body()).contains("too many failed logins");
                assertThat(right.get(PATH).status()).isEqualTo(429);
            });
            assertThat(Caller.nobody(sluice).get("/actuator/health/liveness").status())
                    .isEqualTo(200);
            assertThat(statusFrom("127.0.0.2", sluice)).isEqualTo(200);
            assertThat(output.getAll().lines().filter(line -> line.contains("a login of")))
                    .as("Not a line for each")
                    .hasSizeBetween(1, 5);
        }
    }

    private static int statusFrom(String address, RunningSluice sluice) throws Exception {
        try (HttpClient client = HttpClient.newBuilder()
                .localAddress(InetAddress.getByName(address))
                .build()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + sluice.httpPort() + PATH))
                    .header(
                            "Authorization",
                            "Basic " + Base64.getEncoder().encodeToString("operator:secret".getBytes(UTF_8)))
                    .build();
            return client.send(request, BodyHandlers.discarding()).statusCode();
        }
    }

    @Test
    void aNameCannotForgeALineOfTheLog(CapturedOutput output) {
        try (RunningSluice sluice = RunningSluice.withManagement("spring.security.user.password: secret")) {
            Caller.user(sluice, "eve\r\n2026-01-01 ERROR forged \u001b[31m\u2028\u202e:x")
                    .get(PATH);

            assertThat(output.getAll())
                    .contains("a login of 'eve\\r\\n2026-01-01 ERROR forged \\u001b[31m\\u2028\\u202e' from")
                    .doesNotContain("\u001b", "\u2028", "\u202e");
            assertThat(output.getAll().lines()).noneMatch(line -> line.startsWith("2026-01-01 ERROR"));
        }
    }
}

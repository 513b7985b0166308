package dev.sluice.management.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import dev.sluice.management.security.Caller.Answer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what. */
final class AccessTests {

    /** What nobody, a viewer and an operator are answered; the calls are made in this order. */
    private static final String TABLE = """
        GET     /actuator/health/liveness                                            200 200 200
        GET     /actuator/health/readiness                                           200 200 200
        HEAD    /actuator/health/liveness                                            200 200 200
        POST    /actuator/health/liveness                                            401 403 405
        GET     /actuator/health/liveness/none                                       401 404 404
        GET     /actuator/health                                                     401 200 200
        GET     /actuator/health/listeners                                           401 200 200
        GET     /actuator/health/sinks                                               401 200 200
        GET     /actuator                                                            401 200 200
        HEAD    /actuator                                                            401 200 200
        GET     /actuator/info                                                       401 200 200
        GET     /actuator/metrics                                                    401 200 200
        GET     /actuator/metrics/sluice.connections                                 401 200 200
        GET     /actuator/metrics/none                                               401 404 404
        GET     /actuator/prometheus                                                 401 200 200
        GET     /actuator/sbom                                                       401 200 200
        GET     /actuator/sbom/none                                                  401 404 404
        GET     /actuator/listeners                                                  401 200 200
        HEAD    /actuator/listeners                                                  401 200 200
        OPTIONS /actuator/listeners                                                  401 200 200
        GET     /actuator/listeners/echo                                             401 200 200
        GET     /actuator/listeners/none                                             401 404 404
        GET     /actuator/listeners/echo/closed                                      401 200 200
        GET     /actuator/listeners/echo/rejected                                    401 200 200
        GET     /actuator/listeners/echo/other                                       401 404 404
        GET     /actuator/history                                                    401 200 200
        GET     /actuator/history/none                                               401 404 404
        POST    /actuator/history {}                                                 401 403 405
        PUT     /actuator/listeners/echo {"action":"stop"}                           401 403 405
        PATCH   /actuator/listeners/echo {"action":"stop"}                           401 403 405
        DELETE  /actuator/listeners/echo                                             401 403 405
        POST    /actuator/listeners/echo {"action":"pause"}                          401 403 200
        POST    /actuator/listeners/echo {"action":"start"}                          401 403 409
        POST    /actuator/listeners/echo {"action":"resume"}                         401 403 200
        POST    /actuator/listeners/echo {"action":"stop"}                           401 403 200
        POST    /actuator/listeners/echo {"action":"start"}                          401 403 200
        POST    /actuator/listeners/echo {"action":"jump"}                           401 403 400
        POST    /actuator/listeners/echo {                                           401 403 400
        POST    /actuator/listeners/none {"action":"stop"}                           401 403 404
        GET     /actuator/connections                                                401 200 200
        GET     /actuator/connections?listener=echo                                  401 200 200
        GET     /actuator/connections?limit=1                                        401 200 200
        GET     /actuator/connections/none                                           401 404 404
        POST    /actuator/connections {"listener":"echo","text":"x"}                 401 403 200
        POST    /actuator/connections/none {"text":"x"}                              401 403 404
        DELETE  /actuator/connections/none                                           401 403 404
        GET     /actuator/spools                                                     401 200 200
        GET     /actuator/spools/kept                                                401 200 200
        GET     /actuator/spools/echo                                                401 404 404
        POST    /actuator/spools/kept {"action":"replay"}                            401 403 200
        POST    /actuator/spools/kept {"action":"purge","dead-letters":true}         401 403 200
        GET     /actuator/spools/kept?limit=1                                        401 200 200
        POST    /actuator/spools/kept {"action":"replay","letters":"kept:1"}         401 403 409
        POST    /actuator/spools/kept {"action":"purge","letters":"kept:1"}          401 403 200
        GET     /actuator/env                                                        401 403 404
        GET     /actuator/configprops                                                401 403 404
        GET     /actuator/heapdump                                                   401 403 404
        GET     /actuator/threaddump                                                 401 403 404
        GET     /actuator/loggers                                                    401 403 404
        POST    /actuator/loggers/ROOT {"configuredLevel":"TRACE"}                   401 403 404
        GET     /actuator/beans                                                      401 403 404
        GET     /actuator/mappings                                                   401 403 404
        GET     /actuator/conditions                                                 401 403 404
        GET     /actuator/logfile                                                    401 403 404
        GET     /actuator/integrationgraph                                           401 403 404
        POST    /actuator/shutdown {}                                                401 403 404
        GET     /                                                                    200 200 200
        HEAD    /                                                                    200 200 200
        OPTIONS /                                                                    200 200 200
        POST    / {}                                                                 401 403 405
        GET     /index.html                                                          200 200 200
        GET     /favicon.ico                                                         401 404 404
        GET     /application.yml                                                     401 404 404
        GET     /page/app.js                                                         200 200 200
        POST    /page/app.js {}                                                      401 403 405
        GET     /page/none.js                                                        404 404 404
        GET     /webjars/preact/dist/preact.min.umd.js                               200 200 200
        GET     /webjars/anything                                                    401 404 404
        GET     /error                                                               401 404 404
        GET     /session                                                             401 200 200
        GET     /events                                                              401 400 400
        GET     /events?topics=nothing                                               401 404 404
        POST    /actuator/try/none {"text":"x"}                                      401 403 404
        GET     /login                                                               401 404 404
        POST    /login {}                                                            401 403 404
        GET     /logout                                                              401 404 404
        POST    /logout {}                                                           401 403 404
        GET     /.well-known/oauth-protected-resource                                401 404 404
        GET     /actuator;a=b/listeners                                              400 400 400
        GET     //actuator/listeners                                                 400 400 400
        GET     /actuator/%2e%2e/listeners                                           400 400 400
        TRACE   /actuator/listeners                                                  405 405 405
        """;

    private static final String OPERATOR = "operator:secret";
    private static final String VIEWER = "guest:look";

    @TempDir
    private static Path folder;

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice:
              data-directory: %s
              users.guest: { password: look }
              listeners:
                echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
                kept: { tcp: { address: 127.0.0.1, port: 0 }, sinks: [console] }
              sinks.console.log.level: "off"
            """.formatted(folder.resolve("data")));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void everyCallIsAnsweredByRole() {
        List<Caller> callers =
                List.of(Caller.nobody(sluice), Caller.user(sluice, VIEWER), Caller.user(sluice, OPERATOR));
        String answered = TABLE.lines()
                .map(row -> {
                    String call = row.substring(0, row.length() - "200 200 200".length());
                    String[] words = call.strip().split(" +", 3);
                    return call
                            + callers.stream()
                                    .map(caller -> caller.call(words[0], words[1], words.length > 2 ? words[2] : ""))
                                    .map(answer -> Integer.toString(answer.status()))
                                    .collect(Collectors.joining(" "));
                })
                .collect(Collectors.joining("\n", "", "\n"));

        assertThat(answered).isEqualTo(TABLE);
    }

    @Test
    void theEndpointsAreTheseAndNoMore() {
        String index = Caller.user(sluice, OPERATOR).get("/actuator").body();

        assertThat(Stream.of(index.split("\"href\":\"http://localhost:\\d+/actuator"))
                        .skip(1)
                        .map(rest -> rest.substring(0, rest.indexOf('"'))
                                .replaceFirst("^/", "")
                                .replaceAll("/.*", ""))
                        .filter(id -> !id.isEmpty())
                        .distinct())
                .containsExactlyInAnyOrder(
                        "health",
                        "info",
                        "metrics",
                        "prometheus",
                        "sbom",
                        "listeners",
                        "connections",
                        "spools",
                        "reload",
                        "configuration",
                        "history",
                        "try",
                        "commands",
                        "devices",
                        "replicas");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/none", "/nothing/here", "/actuator/listeners", "/actuator/env", "/actuator/health"})
    void whoIsNobodyLearnsNothing(String path) {
        Answer answer = Caller.nobody(sluice).get(path);

        assertThat(answer.body()).isEqualTo("{\"reason\":\"wants a user and the right password\"}");
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Basic realm=\"Sluice\", charset=\"UTF-8\"");
        assertThat(answer.headers().map())
                .containsOnlyKeys(
                        "cache-control",
                        "content-length",
                        "content-security-policy",
                        "content-type",
                        "date",
                        "expires",
                        "pragma",
                        "referrer-policy",
                        "www-authenticate",
                        "x-content-type-options",
                        "x-frame-options",
                        "x-xss-protection");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/html", "*/*", "image/png"})
    void whatGoesWrongIsTheStatusInJsonAndNoMore(String accept) {
        Answer answer = Caller.user(sluice, OPERATOR).get("/a%3Cb%3E", "Accept", accept);

        assertThat(answer.header("Content-Type")).isEqualTo("application/json");
        assertThat(answer.body()).isEqualTo("{\"reason\":\"Not Found\"}");
    }

    @Test
    void everyAnswerTellsBrowsersToBeCareful() {
        for (Answer answer : List.of(
                Caller.nobody(sluice).get("/"),
                Caller.nobody(sluice).get("/actuator/health/liveness"),
                Caller.user(sluice, VIEWER).get("/actuator/listeners"),
                Caller.user(sluice, VIEWER).get("/none"))) {
            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'self'", "frame-ancestors 'none'");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("X-Frame-Options")).isEqualTo("DENY");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
            assertThat(answer.header("Cache-Control")).contains("no-store");
            assertThat(answer.headers().map())
                    .doesNotContainKeys("server", "x-powered-by", "set-cookie", "strict-transport-security");
        }
    }

    /** What is no request never gets as far as our error page. */
    @ParameterizedTest
    @ValueSource(strings = {"GET / HTTP/9.9", "G\u0001T / HTTP/1.1", "GET /\"<> HTTP/1.1", "nonsense"})
    void whatIsNoRequestDoesNotLearnWhatServes(String line) throws IOException {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), sluice.httpPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write((line + "\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .getBytes(StandardCharsets.UTF_8));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer)
                    .startsWith("HTTP/1.1 ")
                    .doesNotContainIgnoringCase("tomcat", "apache", "java", "Exception");
        }
    }

    @Test
    void onlyAnOperatorReadsWhatElseIsExposed() {
        try (RunningSluice exposed = RunningSluice.withManagement("""
            management.endpoints.web.exposure.include: "*"
            management.endpoint.heapdump.access: unrestricted
            spring.security.user.password: correct-horse
            sluice.users.guest: { password: battery-staple }
            """)) {
            Caller viewer = Caller.user(exposed, "guest:battery-staple");
            Caller operator = Caller.user(exposed, "operator:correct-horse");

            for (String path : List.of("/env", "/configprops", "/heapdump", "/threaddump", "/loggers", "/beans")) {
                assertThat(viewer.call("GET", "/actuator" + path, "").status())
                        .as(path)
                        .isEqualTo(403);
            }
            for (String path : List.of("/env", "/configprops")) {
                Answer shown = operator.get("/actuator" + path);
                assertThat(shown.status()).isEqualTo(200);
                assertThat(shown.body()).contains("******").doesNotContain("correct-horse", "battery-staple");
            }
        }
    }

    @Test
    void thePathOfTheServletChangesNothing() {
        try (RunningSluice inside = RunningSluice.withManagement("""
            management.endpoints.web.exposure.include: "*"
            spring.mvc.servlet.path: /inside
            spring.security.user.password: secret
            sluice.users.guest: { password: look }
            """)) {
            Caller viewer = Caller.user(inside, VIEWER);

            for (String path : List.of("/env", "/threaddump", "/beans", "/mappings")) {
                assertThat(viewer.get("/inside/actuator" + path).status())
                        .as(path)
                        .isEqualTo(403);
            }
            assertThat(viewer.get("/inside/actuator/listeners").status()).isEqualTo(200);
            assertThat(Caller.nobody(inside)
                            .get("/inside/actuator/health/liveness")
                            .status())
                    .isEqualTo(200);
            assertThat(Caller.nobody(inside).get("/inside/actuator/health").status())
                    .isEqualTo(401);
            assertThat(Caller.user(inside, OPERATOR)
                            .get("/inside/actuator/threaddump")
                            .status())
                    .isEqualTo(200);
        }
    }
}

package dev.sluice.management.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import dev.sluice.management.security.Caller.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a browser, which adds the password that it remembers to every request, may be made to do by which page. */
final class ForeignPagesTests {

    private static final String PATH = "/actuator/connections";
    private static final String BROADCAST = "{\"listener\":\"echo\",\"text\":\"x\"}";

    private static RunningSluice sluice;
    private static Caller operator;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice.listeners.echo: { tcp: { address: 127.0.0.1, port: 0 } }
            """);
        operator = Caller.user(sluice, "operator:secret");
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    @Test
    void aProgramWritesWithoutMuchAdo() {
        assertThat(operator.call("POST", PATH, BROADCAST).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "same-origin, 200",
        "none, 200",
        "same-site, 403",
        "cross-site, 403",
        "anything-else, 403",
    })
    void aPageWritesIfItsOriginIsOurs(String site, int status) {
        Answer answer = operator.call("POST", PATH, BROADCAST, "Sec-Fetch-Site", site);

        assertThat(answer.status()).isEqualTo(status);
        if (status == 403) {
            assertThat(answer.body()).isEqualTo("{\"reason\":\"a page of another origin must not write\"}");
            assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://evil.example", "http://localhost", "http://localhost:1", "null", "http://", "::", ""})
    void aBrowserThatOnlyTellsTheOriginIsHeededToo(String origin) {
        assertThat(operator.call("POST", PATH, BROADCAST, "Origin", origin).status())
                .isEqualTo(403);
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:%d", "https://localhost:%d"})
    void anOriginIsOursByItsHostAndPort(String origin) {
        assertThat(operator.call("POST", PATH, BROADCAST, "Origin", origin.formatted(sluice.httpPort()))
                        .status())
                .isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"})
    void whatAFormCanSendIsNothingToUs(String contentType) {
        assertThat(operator.call("POST", PATH, BROADCAST, "Content-Type", contentType, "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(403);
        assertThat(operator.call("POST", PATH, BROADCAST, "Content-Type", contentType)
                        .status())
                .isEqualTo(415);
    }

    @Test
    void noTokenIsTheRightOne() {
        assertThat(operator.call(
                                "POST",
                                PATH + "?_csrf=x",
                                BROADCAST,
                                "Sec-Fetch-Site",
                                "cross-site",
                                "X-CSRF-TOKEN",
                                "x",
                                "Cookie",
                                "XSRF-TOKEN=x")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void deletingIsWriting() {
        assertThat(operator.call("DELETE", PATH + "/none", "", "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void noOtherOriginIsLetReadTheAnswer() {
        Answer answer = operator.get(PATH, "Origin", "http://evil.example", "Sec-Fetch-Site", "cross-site");
        Answer preflight = Caller.nobody(sluice)
                .call("OPTIONS", PATH, "", "Origin", "http://evil.example", "Access-Control-Request-Method", "POST");

        assertThat(answer.headers().map()).doesNotContainKey("access-control-allow-origin");
        assertThat(preflight.status()).isGreaterThanOrEqualTo(400);
        assertThat(preflight.headers().map()).doesNotContainKey("access-control-allow-origin");
    }
}

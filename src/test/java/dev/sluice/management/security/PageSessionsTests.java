package dev.sluice.management.security;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import dev.sluice.management.security.Caller.Answer;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.mock.web.MockHttpSession;

/** Sessions of the page, over HTTP. */
final class PageSessionsTests {

    private static final String PATH = "/actuator/listeners";

    private static RunningSluice sluice;

    @BeforeAll
    static void start() {
        sluice = RunningSluice.withManagement("""
            server.forward-headers-strategy: native
            spring.security.user.password: secret
            sluice.users:
              guest: { password: look }
              crowd: { password: many }
            """);
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static Answer signIn(RunningSluice where, String user, String password, String... headers) {
        String[] all = new String[headers.length + 2];
        all[0] = "Content-Type";
        all[1] = "application/x-www-form-urlencoded";
        System.arraycopy(headers, 0, all, 2, headers.length);
        return Caller.nobody(where).call("POST", "/session", "username=" + user + "&password=" + password, all);
    }

    private static String cookie(Answer answer) {
        return answer.header("Set-Cookie").replaceFirst(";.*", "");
    }

    private static int status(String cookie) {
        return Caller.nobody(sluice).get(PATH, "Cookie", cookie).status();
    }

    @Test
    void whoSignsInHasASessionUntilHeSignsOut() {
        Answer in = signIn(sluice, "operator", "secret");
        String cookie = cookie(in);

        assertThat(in.status()).isEqualTo(204);
        assertThat(in.header("Set-Cookie"))
                .startsWith("sluice-session=")
                .contains("HttpOnly", "SameSite=Strict")
                .doesNotContain("Secure");
        assertThat(status(cookie)).isEqualTo(200);
        assertThat(Caller.nobody(sluice).get("/session", "Cookie", cookie).body())
                .contains("\"user\":\"operator\"", "\"role\":\"operator\"", "\"endpoints\":\"/actuator\"");
        assertThat(Caller.nobody(sluice)
                        .call("DELETE", "/session", "", "Cookie", cookie)
                        .status())
                .isEqualTo(204);
        assertThat(status(cookie)).isEqualTo(401);
    }

    @Test
    void overTlsTheCookieIsForTlsOnly() {
        assertThat(signIn(sluice, "operator", "secret", "X-Forwarded-Proto", "https")
                        .header("Set-Cookie"))
                .contains("Secure");
    }

    @Test
    void aProgramLeavesNoSession() {
        Answer answer = Caller.user(sluice, "operator:secret").get(PATH);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().map()).doesNotContainKey("set-cookie");
        assertThat(Caller.nobody(sluice).get(PATH).headers().map()).doesNotContainKey("set-cookie");
        assertThat(signIn(sluice, "operator", "wrong").headers().map()).doesNotContainKey("set-cookie");
    }

    @Test
    void anIdThatWasThereBeforeIsGoodForNothing() {
        String before = cookie(signIn(sluice, "guest", "look"));
        String after = cookie(signIn(sluice, "operator", "secret", "Cookie", before));

        assertThat(after).isNotEqualTo(before);
        assertThat(status(before)).isEqualTo(401);
        assertThat(status(after)).isEqualTo(200);
    }

    @Test
    void aViewerReadsWithASessionToo() {
        String cookie = cookie(signIn(sluice, "guest", "look"));

        assertThat(status(cookie)).isEqualTo(200);
        assertThat(Caller.nobody(sluice)
                        .call("POST", "/actuator/listeners/none", "{\"action\":\"stop\"}", "Cookie", cookie)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aPageOfAnotherOriginNeitherSignsInNorWrites() {
        String cookie = cookie(signIn(sluice, "operator", "secret"));

        assertThat(signIn(sluice, "operator", "secret", "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(403);
        assertThat(signIn(sluice, "operator", "secret", "Origin", "http://evil.example")
                        .status())
                .isEqualTo(403);
        assertThat(Caller.nobody(sluice)
                        .call(
                                "POST",
                                "/actuator/listeners/none",
                                "{\"action\":\"stop\"}",
                                "Cookie",
                                cookie,
                                "Sec-Fetch-Site",
                                "same-site")
                        .status())
                .isEqualTo(403);
        assertThat(Caller.nobody(sluice)
                        .call("DELETE", "/session", "", "Cookie", cookie, "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(403);
        assertThat(status(cookie)).isEqualTo(200);
    }

    @Test
    void aBrowserIsNotMadeToAskByItself() {
        assertThat(Caller.nobody(sluice)
                        .get(PATH, "Sec-Fetch-Mode", "cors")
                        .headers()
                        .map())
                .doesNotContainKey("www-authenticate");
        assertThat(Caller.nobody(sluice)
                        .get(PATH, "X-Requested-With", "fetch")
                        .headers()
                        .map())
                .doesNotContainKey("www-authenticate");
    }

    @Test
    void theNinthSessionOfAUserEndsTheOneThatHasBeenQuietForLongest() {
        String first = cookie(signIn(sluice, "crowd", "many"));
        for (int i = 1; i < PageSessions.MOST_OF_A_USER; i++) {
            signIn(sluice, "crowd", "many");
        }
        assertThat(status(first)).isEqualTo(200);
        for (int i = 0; i < PageSessions.MOST_OF_A_USER; i++) {
            signIn(sluice, "crowd", "many");
        }
        assertThat(status(first)).isEqualTo(401);
    }

    @Test
    void whoGuessesOnThePageIsSlowed() {
        try (RunningSluice other = RunningSluice.withManagement("spring.security.user.password: secret")) {
            for (int i = 0; i < FailedLogins.FREE; i++) {
                assertThat(signIn(other, "operator", "guess" + i).status()).isEqualTo(401);
            }
            Answer refused = signIn(other, "operator", "guess");
            assertThat(refused.status()).isEqualTo(429);
            assertThat(refused.header("Retry-After")).isNotEmpty();
        }
    }

    @Test
    void noSessionOutlivesItsTwelveHours() throws Exception {
        MockHttpSession session = new MockHttpSession();
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setSession(session);

        new PageSessions(Duration.ofHours(12)).doFilter(request, new MockHttpServletResponse(), new MockFilterChain());
        assertThat(session.isInvalid()).isFalse();
        new PageSessions(Duration.ofMillis(-1)).doFilter(request, new MockHttpServletResponse(), new MockFilterChain());
        assertThat(session.isInvalid()).isTrue();
    }
}

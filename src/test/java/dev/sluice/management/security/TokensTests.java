package dev.sluice.management.security;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import dev.sluice.RunningSluice;
import dev.sluice.management.security.Caller.Answer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens that somebody else has issued, whose public key is in a file. */
final class TokensTests {

    private static final String PATH = "/actuator/listeners";
    private static final Duration MORE_THAN_CLOCKS_DIFFER = Duration.ofMinutes(5);

    @TempDir
    private static Path folder;

    private static KeyPair issuer;
    private static RunningSluice sluice;

    @BeforeAll
    static void start() throws Exception {
        issuer = keys();
        Path key = Files.writeString(
                folder.resolve("issuer.pem"),
                "-----BEGIN PUBLIC KEY-----\n"
                        + Base64.getMimeEncoder()
                                .encodeToString(issuer.getPublic().getEncoded())
                        + "\n-----END PUBLIC KEY-----\n");
        sluice = RunningSluice.withManagement("""
            spring.security:
              user.password: secret
              oauth2.resourceserver.jwt: { public-key-location: "file:%s", audiences: sluice }
            """.formatted(key));
    }

    @AfterAll
    static void stop() {
        sluice.close();
    }

    private static KeyPair keys() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        return generator.generateKeyPair();
    }

    private static JWTClaimsSet.Builder claims(Object roles) {
        return new JWTClaimsSet.Builder()
                .subject("ann")
                .audience("sluice")
                .expirationTime(Date.from(Instant.now().plus(MORE_THAN_CLOCKS_DIFFER)))
                .claim("roles", roles);
    }

    private static String signed(JWTClaimsSet.Builder claims, KeyPair keys) throws Exception {
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.RS256), claims.build());
        token.sign(new RSASSASigner(keys.getPrivate()));
        return token.serialize();
    }

    private static int reads(String token) {
        return Caller.bearer(sluice, token).get(PATH).status();
    }

    private static int writes(String token) {
        return Caller.bearer(sluice, token)
                .call("POST", PATH + "/none", "{\"action\":\"stop\"}")
                .status();
    }

    @Test
    void aViewerReadsAndAnOperatorWrites() throws Exception {
        String viewer = signed(claims(List.of("viewer", "chef")), issuer);
        String operator = signed(claims("chef operator"), issuer);

        assertThat(reads(viewer)).isEqualTo(200);
        assertThat(writes(viewer)).isEqualTo(403);
        assertThat(reads(operator)).isEqualTo(200);
        assertThat(writes(operator)).isEqualTo(404);
    }

    @Test
    void whoHasNoneOfTheRolesMayDoNothing() throws Exception {
        for (Object roles : new Object[] {List.of("chef", "OPERATOR", "ROLE_operator"), "", List.of(1, true), 7}) {
            assertThat(reads(signed(claims(roles), issuer))).isEqualTo(403);
        }
        assertThat(reads(signed(claims(null).claim("scope", "operator"), issuer)))
                .isEqualTo(403);
    }

    @Test
    void aTokenThatHasExpiredIsNotValid() throws Exception {
        String token = signed(
                claims("operator").expirationTime(Date.from(Instant.now().minus(MORE_THAN_CLOCKS_DIFFER))), issuer);
        Answer answer = Caller.bearer(sluice, token).get(PATH);

        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.header("WWW-Authenticate")).isEqualTo("Bearer realm=\"Sluice\", error=\"invalid_token\"");
        assertThat(answer.body()).isEqualTo("{\"reason\":\"the token is not valid, or not any more\"}");
    }

    @Test
    void aTokenOfSomebodyElsesIsNotValid() throws Exception {
        assertThat(reads(signed(claims("operator"), keys()))).isEqualTo(401);
    }

    @Test
    void aTokenForSomethingElseIsNotValid() throws Exception {
        assertThat(reads(signed(claims("operator").audience("another-service"), issuer)))
                .isEqualTo(401);
    }

    @Test
    void aTokenThatNobodyOrThePublicKeyHasSignedIsNotValid() throws Exception {
        SignedJWT mac = new SignedJWT(
                new JWSHeader(JWSAlgorithm.HS256), claims("operator").build());
        mac.sign(new MACSigner(issuer.getPublic().getEncoded()));

        assertThat(reads(new PlainJWT(claims("operator").build()).serialize())).isEqualTo(401);
        assertThat(reads(mac.serialize())).isEqualTo(401);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "x.y.z", "..", "e30.e30.e30", "eyJhbGciOiJSUzI1NiJ9.W10.AAAA", "\"", "ä"})
    void whatIsNoTokenIsNotValid(String token) {
        assertThat(reads(token)).isEqualTo(401);
    }

    @Test
    void passwordsGoOnToWork() {
        assertThat(Caller.user(sluice, "operator:secret").get(PATH).status()).isEqualTo(200);
        assertThat(Caller.user(sluice, "operator:wrong").get(PATH).status()).isEqualTo(401);
    }

    @Test
    void whoIsNobodyIsToldOfBothWays() {
        assertThat(Caller.nobody(sluice).get(PATH).headers().allValues("WWW-Authenticate"))
                .containsExactly("Basic realm=\"Sluice\", charset=\"UTF-8\"", "Bearer realm=\"Sluice\"");
        assertThat(Caller.nobody(sluice)
                        .get("/.well-known/oauth-protected-resource")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void anIssuerThatIsAwayIsNoFaultOfTheTokens() throws Exception {
        try (RunningSluice other = RunningSluice.withManagement("""
            spring.security:
              user.password: secret
              oauth2.resourceserver.jwt.issuer-uri: "http://127.0.0.1:1/"
            """)) {
            assertThat(Caller.bearer(other, signed(claims("operator"), issuer))
                            .get(PATH)
                            .status())
                    .isEqualTo(503);
            assertThat(Caller.user(other, "operator:secret").get(PATH).status()).isEqualTo(200);
        }
    }

    @Test
    void theClaimMayHaveAnotherName() throws Exception {
        try (RunningSluice other = RunningSluice.withManagement("""
            spring.security:
              user.password: secret
              oauth2.resourceserver.jwt:
                public-key-location: "file:%s"
                authorities-claim-name: groups
            """.formatted(folder.resolve("issuer.pem")))) {
            String token = signed(claims(List.of()).claim("groups", List.of("viewer")), issuer);

            assertThat(Caller.bearer(other, token).get(PATH).status()).isEqualTo(200);
        }
    }
}

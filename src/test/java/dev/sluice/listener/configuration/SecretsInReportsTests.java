package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.listener.CheckCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** Mistakes beside secrets, and in them: they are reported, the secrets are not. */
final class SecretsInReportsTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "sluice.users.bob: { pasword: s33d, role: operator }",
                "sluice.users.bob: { password: s33d, role: admin }",
                "sluice.users.bob: s33d",
                "sluice.users: s33d",
                "sluice.users: [ { bob: s33d } ]",
                "sluice.users.bob.password: { plain: s33d }",
                "sluice.users.bob.password: [ s33d ]",
                "sluice.users.bob.password: '{s33d}'",
                "sluice.users.bob.password: '{bcrypt}s33d'",
                "sluice.users.bob.password: 's33d${NOTHING_SETS_THIS}'",
                "sluice.users.bob.password: !s33d",
                "sluice.users.bob.password: !!s33d",
                "sluice.users.bob.password: *s33d",
                "sluice.users.bob.password: @s33d",
                "sluice.users.bob.password: \"\\s33d\"",
                "sluice.users.bob.password: s33d: s33d",
                "sluice.users.bob: { password: s33d",
                "sluice.users.bob: { password: 's33d }",
                "sluice.users.bob.password: s33d\n\tx: y",
                "users.bob.password: s33d",
                "spring.security.user: { password: '{bcrypt}s33d' }",
                "spring.security.user: { password: s33d, roles: admin }",
                "{ spring.security.user: { name: Bob, password: s33d }, sluice.users.bob.password: s33d }",
                "sluice.sinks.hook.http: 'https://user:s33d@example.org/'",
                "sluice.sinks.hook.http.url: 'https://user:s33d@example.org/'",
                "sluice.sinks.hook.http.url: 'htps://user:s33d@example.org/'",
                "sluice.sinks.hook.http.url: 'https://user:s3/3d s33d@example.org/'",
                "sluice.sinks.hook.http.url: 'https://example.org/ in?token=s33d'",
                "sluice.sinks.hook.http: { url: 'https://example.org/', headers: 'Bearer s33d' }",
                "sluice.sinks.hook.http: { url: 'https://example.org/', headers: { Authorization: \"s33d\\n\" } }",
                "sluice.sinks.hook.http: { url: 'https://example.org/', headers: { Authorization: [ s33d ], a b: s33d"
                        + " } }",
                "sluice.sinks.iot.mqtt: { url: 'tcp://user:s33d@localhost', topic: t }",
                "sluice.sinks.iot.mqtt: { url: 'tcp://localhost', topic: t, pasword: s33d }",
                "sluice.sinks.up.tcp: 'user:s33d@localhost:99'",
                "sluice.sinks.up: 'tcp://user:s33d@localhost:99'",
                "{ spring.datasource.url: 'postgresql://u:s33d@h/db', sluice.sinks.t.jdbc.sql: 'select :id' }",
                "spring.config.import: 'file:/none/user:s33d@some.yml'",
                "spring.config.import: 'none://user:s33d@example.org/'",
            })
    void areLeftOut(String yaml, @TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("some.yml"), yaml);
        StringWriter out = new StringWriter();

        int exitCode = new CommandLine(new CheckCommand())
                .setOut(new PrintWriter(out))
                .setErr(new PrintWriter(out))
                .execute(file.toString());

        assertThat(exitCode).as(out.toString()).isEqualTo(1);
        assertThat(out.toString()).contains("not valid").doesNotContain("s33d");
    }
}

package dev.sluice.management;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.Ports;
import dev.sluice.RunningSluice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

final class CommandsHealthTests {

    @TempDir
    private Path folder;

    private void check(String more, Consumer<Health> expected) throws IOException {
        try (RunningSluice sluice = RunningSluice.withManagement("""
            sluice.data-directory: "%s"
            sluice.listeners.echo: { tcp: { address: 127.0.0.1, port: 0 }, reply.type: echo }
            %s
            """.formatted(folder, more))) {
            assertThat(sluice.converse("echo", "hello\n")).isEqualTo("hello\n");
            CommandsHealth commands = sluice.bean(CommandsHealth.class);
            await().untilAsserted(() -> expected.accept(commands.health()));
        }
    }

    @Test
    void aReplicaWithoutKafkaServesAndSaysThatItIsAway() throws Exception {
        check("""
            spring.kafka.bootstrap-servers: 127.0.0.1:%d
            sluice.cluster.replica: one
            """.formatted(Ports.free()), health -> {
            assertThat(health.getStatus()).isEqualTo(Status.UP);
            assertThat(health.getDetails().get("failure")).asString().contains("no broker of", "answers");
        });
    }

    @Test
    void withoutCommandsThereIsNothingToWaitFor() throws Exception {
        check("", health -> assertThat(health.getStatus()).isEqualTo(Status.UP));
    }
}

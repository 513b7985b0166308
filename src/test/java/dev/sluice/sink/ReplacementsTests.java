package dev.sluice.sink;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sink.tcp.TcpSinkProperties;
import dev.sluice.transport.framing.FramingProperties.Type;
import dev.sluice.transport.framing.SampleFramings;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.Isolated;
import org.springframework.beans.factory.support.StaticListableBeanFactory;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@Timeout(60)
@Isolated("what is logged is captured")
@ExtendWith(OutputCaptureExtension.class)
final class ReplacementsTests {

    @Test
    void areToldOnceInAWhileAndWithoutCredentials(CapturedOutput output) {
        Replacements replacements = new Replacements("events");

        replacements.tell("the client", "amqp://me:secret@host has ended");
        replacements.tell("the client", "it has ended again");

        assertThat(output.getOut().lines().filter(line -> line.contains("Sink 'events'")))
                .singleElement()
                .asString()
                .endsWith("Sink 'events': the client is replaced, since …@host has ended");
    }

    @Test
    void aConnectionThatItsServerHasEndedIsOne(CapturedOutput output) throws Exception {
        CountDownLatch ended = new CountDownLatch(1);
        try (SocketServer server = new SocketServer((in, out) -> {
                    in.readNBytes(2);
                    out.close();
                    ended.countDown();
                });
                Sink sink = new TcpSinkProperties(
                                "localhost", server.port(), SampleFramings.of(Type.LINE), null, Duration.ofSeconds(20))
                        .open("upstream", new StaticListableBeanFactory())) {
            sink.send(WireMessage.of("a"));
            ended.await();
            sink.send(WireMessage.of("b"));

            assertThat(output)
                    .containsOnlyOnce("Sink 'upstream': the connection to localhost:" + server.port()
                            + " is replaced, since the server has ended it");
        }
    }
}

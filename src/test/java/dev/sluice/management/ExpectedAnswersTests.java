package dev.sluice.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Calls that wait for what a device says. */
@Timeout(60)
final class ExpectedAnswersTests {

    private final ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor();
    private RunningSluice sluice;
    private Operator operator;
    private Socket device;
    private BufferedReader commands;

    @BeforeEach
    void start() throws IOException {
        sluice = RunningSluice.withManagement("""
            spring.security.user.password: secret
            sluice.listeners.port:
              tcp: { address: 127.0.0.1, port: 0 }
              rules: [ { match.text: "login {device}", identify: "{device}", reply.text: "welcome", forward: false } ]
            """);
        operator = new Operator(sluice, "operator:secret");
        device = sluice.connect("port");
        commands = new BufferedReader(new InputStreamReader(device.getInputStream(), US_ASCII));
        say("login A");
        assertThat(commands.readLine()).isEqualTo("welcome");
    }

    @AfterEach
    void stop() throws IOException {
        device.close();
        sluice.close();
        callers.shutdownNow();
    }

    private void say(String line) throws IOException {
        device.getOutputStream().write((line + "\n").getBytes(US_ASCII));
    }

    private Future<Operator.Answer> call(String text, String expected, String more) {
        return callers.submit(() -> operator.post(
                "/connections",
                "{\"identity\":\"A\",\"text\":\"%s\",\"expect-text\":\"%s\"%s}".formatted(text, expected, more)));
    }

    @Test
    void theFirstWhomAMessageSuitsGetsIt() throws Exception {
        Future<Operator.Answer> first = call("one", "done {n}", "");
        assertThat(commands.readLine()).isEqualTo("one");
        Future<Operator.Answer> second = call("two", "done {n}", ",\"forward\":false");
        assertThat(commands.readLine()).isEqualTo("two");
        say("nothing of this\ndone 1\ndone 2\ndone 3");
        assertThat(first.get().json().at("/fields/n").asString()).isEqualTo("1");
        assertThat(second.get().json().at("/fields/n").asString()).isEqualTo("2");
        await().until(() -> sluice.traffic("port").received.sum() == 5);
        assertThat(sluice.traffic("port").accepted.sum()).isEqualTo(5);
        assertThat(sluice.traffic("port").quiet.sum()).isEqualTo(2);
    }

    @Test
    void sixteenWaitAndTheEndOfTheConnectionEndsTheirWait() throws Exception {
        List<Future<Operator.Answer>> waiting = new ArrayList<>();
        for (int i = 0; i < 16; i++) {
            waiting.add(call("ask", "never", ""));
            assertThat(commands.readLine()).isEqualTo("ask");
        }
        assertThat(call("ask", "never", "").get().status()).isEqualTo(409);
        device.close();
        for (Future<Operator.Answer> one : waiting) {
            assertThat(one.get().status()).isEqualTo(409);
            assertThat(one.get().body()).contains("ended");
        }
    }

    @Test
    void whoWaitsInVainIsToldAndMakesRoom() throws Exception {
        for (int i = 0; i < 20; i++) {
            assertThat(call("ask", "never", ",\"timeout\":\"20ms\"").get().status())
                    .isEqualTo(504);
        }
        assertThat(call("ask", "{unclosed", "").get().status()).isEqualTo(400);
        assertThat(call("ask", "never", ",\"timeout\":\"20h\"").get().status()).isEqualTo(400);
        assertThat(operator.post("/connections", "{\"listener\":\"port\",\"text\":\"x\",\"expect\":\"01\"}")
                        .status())
                .isEqualTo(400);
    }
}

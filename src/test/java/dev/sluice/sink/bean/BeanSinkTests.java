package dev.sluice.sink.bean;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.delivery.Routes;
import dev.sluice.delivery.SinkLedger;
import dev.sluice.listener.configuration.ConfigurationException;
import dev.sluice.message.Confirmation;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import dev.sluice.sink.StreamMessage;
import dev.sluice.sink.WireMessage;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.annotation.ServiceActivator;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.messaging.Message;
import org.springframework.messaging.handler.annotation.Header;

@Timeout(60)
final class BeanSinkTests {

    /** Beans of an operator's, which remember what they were given. */
    @Configuration(proxyBeanMethods = false)
    static class Extension {

        static final List<Message<byte[]>> MESSAGES = new CopyOnWriteArrayList<>();
        static final List<List<String>> LISTS = new CopyOnWriteArrayList<>();
        static final List<String> TEXTS = new CopyOnWriteArrayList<>();
        static final AtomicInteger REFUSALS = new AtomicInteger();

        static void forget() {
            MESSAGES.clear();
            LISTS.clear();
            TEXTS.clear();
            REFUSALS.set(0);
        }

        static void refuse(String words) {
            if (REFUSALS.getAndDecrement() > 0) {
                throw new IllegalStateException(words);
            }
        }

        @Bean
        One one() {
            return new One();
        }

        @Bean
        Many many() {
            return new Many();
        }

        @Bean
        Texts texts() {
            return new Texts();
        }
    }

    static final class One {

        public void take(Message<byte[]> message) {
            Extension.refuse("not now");
            Extension.MESSAGES.add(message);
        }
    }

    static final class Many {

        public void take(List<Message<byte[]>> messages) {
            Extension.LISTS.add(messages.stream()
                    .map(message -> new String(message.getPayload(), UTF_8))
                    .toList());
            Extension.refuse("none of them");
        }
    }

    static final class Texts {

        @ServiceActivator
        public String take(String text, @Header("ce-sequence") String sequence) {
            Extension.TEXTS.add(sequence + " " + text);
            return "whatever";
        }

        public void somethingElse(String text) {
            throw new AssertionError(text);
        }
    }

    private static final String DURABLE = "backoff: 20ms";

    @TempDir
    private Path folder;

    private RunningSluice start(String bean, String delivery) {
        Extension.forget();
        return RunningSluice.with("""
            sluice:
              data-directory: %s
              listeners:
                orders:
                  tcp: { address: 127.0.0.1, port: 0 }
                  reply: { type: text, text: "OK {sequence}", on-failure: "ERR {reason}" }
                  sinks: [desk]
                  delivery: { %s }
                datagrams: { udp: { address: 127.0.0.1, port: 0 }, sinks: [desk] }
              sinks:
                desk.bean.name: %s
            """.formatted(folder.resolve("data"), delivery, bean), Extension.class);
    }

    private static List<String> payloads() {
        return Extension.MESSAGES.stream()
                .map(message -> new String(message.getPayload(), UTF_8))
                .toList();
    }

    @Test
    void aMessageHasTheHeadersThatItCameWith() throws Exception {
        try (RunningSluice sluice = start("one", DURABLE)) {
            assertThat(sluice.converse("orders", "3 pipes\n")).isEqualTo("OK 1\n");
            await().until(() -> Extension.MESSAGES.size() == 1);

            Message<byte[]> message = Extension.MESSAGES.getFirst();
            assertThat(message.getPayload()).asString().isEqualTo("3 pipes");
            String connection = message.getHeaders().get("ip_connectionId", String.class);
            assertThat(message.getHeaders())
                    .containsEntry("sluice_listener", "orders")
                    .containsEntry("ip_address", "127.0.0.1")
                    .containsEntry("ip_hostname", "127.0.0.1")
                    .containsEntry("ce-id", connection + "-1")
                    .containsEntry("ce-connection", connection)
                    .containsEntry("ce-sequence", "1")
                    .containsEntry("ce-source", "sluice/orders")
                    .containsEntry("ce-remoteaddress", "127.0.0.1")
                    .containsKeys("ip_tcp_remotePort", "ce-type", "ce-specversion", "ce-listener")
                    .doesNotContainKeys("id", "timestamp");
            assertThat(Instant.parse(message.getHeaders().get("ce-time", String.class)))
                    .isBeforeOrEqualTo(Instant.now());
        }
    }

    @Test
    void aDatagramHasThoseOfADatagram() throws Exception {
        try (RunningSluice sluice = start("one", DURABLE);
                DatagramSocket sender = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            sluice.sendDatagram(sender, "datagrams", "ping".getBytes(UTF_8));
            await().until(() -> Extension.MESSAGES.size() == 1);

            assertThat(Extension.MESSAGES.getFirst().getHeaders())
                    .containsEntry("sluice_listener", "datagrams")
                    .containsEntry("ip_port", sender.getLocalPort())
                    .containsEntry("ce-connection", "127.0.0.1:" + sender.getLocalPort())
                    .containsKey("ip_packetAddress")
                    .doesNotContainKey("ip_connectionId");
        }
    }

    @Test
    void whatThrowsIsTriedAgainAndNothingOvertakesIt() throws Exception {
        try (RunningSluice sluice = start("one", DURABLE)) {
            Extension.REFUSALS.set(3);
            String lines = String.join(
                            "\n",
                            IntStream.range(0, 50).mapToObj(Integer::toString).toList()) + "\n";
            assertThat(sluice.converse("orders", lines)).endsWith("OK 50\n");

            await().until(() -> Extension.MESSAGES.size() >= 50);
            assertThat(payloads())
                    .containsExactlyElementsOf(
                            IntStream.range(0, 50).mapToObj(Integer::toString).toList());
        }
    }

    @Test
    void aListFailsAsAWhole() throws Exception {
        try (RunningSluice sluice = start("many", DURABLE)) {
            Extension.REFUSALS.set(1);
            assertThat(sluice.converse("orders", "a\nb\nc\n")).isEqualTo("OK 1\nOK 2\nOK 3\n");

            await().untilAsserted(() -> assertThat(Extension.LISTS.stream()
                            .skip(1)
                            .flatMap(List::stream)
                            .toList())
                    .containsExactly("a", "b", "c"));
            assertThat(Extension.LISTS.getFirst()).isNotEmpty().startsWith("a");
        }
    }

    @Test
    void theMethodWithTheAnnotationTakesTextAndHeaders() throws Exception {
        try (RunningSluice sluice = start("texts", DURABLE)) {
            sluice.converse("orders", "a\nb\n");
            await().until(() -> Extension.TEXTS.size() == 2);
            assertThat(Extension.TEXTS).containsExactly("1 a", "2 b");
        }
    }

    @Test
    void whatItRefusesForGoodIsADeadLetterWithItsWords() throws Exception {
        try (RunningSluice sluice = start("one", DURABLE + ", attempts: 2")) {
            Extension.REFUSALS.set(2);
            sluice.converse("orders", "bad\ngood\n");
            await().until(() -> payloads().equals(List.of("good")));
            SinkLedger ledger = sluice.bean(Routes.class)
                    .find("orders")
                    .orElseThrow()
                    .ledgers()
                    .getFirst();
            await().until(() -> ledger.deadLettered() == 1);
            assertThat(ledger.lastError()).isEqualTo("bean 'one': IllegalStateException: not now");
        }
    }

    @Test
    void aPeerOfADirectListenerHearsOfIt() throws Exception {
        try (RunningSluice sluice = start("one", "mode: direct")) {
            Extension.REFUSALS.set(1);
            assertThat(sluice.converse("orders", "a\n")).isEqualTo("ERR not available\n");
            assertThat(sluice.converse("orders", "a\n")).isEqualTo("OK 1\n");
        }
    }

    @Test
    void aBeanThatDoesNotExistEndsTheStart() {
        assertThat(catchThrowable(() -> start("ona", DURABLE).close()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("sluice.sinks.desk.bean.name: there is no bean 'ona'. Did you mean 'one'?");
    }

    /** What Spring Integration puts into a context. */
    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Infrastructure {}

    private static Sink sink(Object bean) {
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
        context.register(Infrastructure.class);
        context.getBeanFactory().registerSingleton("orders", bean);
        context.refresh();
        return new BeanSinkProperties("orders").open("desk", context);
    }

    /** What a bean can do to whoever calls it. */
    static final class Odd {

        private final Consumer<String> behaviour;

        Odd(Consumer<String> behaviour) {
            this.behaviour = behaviour;
        }

        public void take(byte[] payload) {
            behaviour.accept(new String(payload, UTF_8));
        }
    }

    @Test
    void aFailureHoldsUpItsStreamAlone() throws Exception {
        List<String> taken = new ArrayList<>();
        try (Sink sink = sink(new Odd(text -> {
            if (text.equals("a 2")) {
                throw new IllegalArgumentException("no \"a 2\"\nat all");
            }
            taken.add(text);
        }))) {
            List<StreamMessage> messages = Stream.concat(
                            StreamMessage.stream("a", 3).stream(), StreamMessage.stream("b", 2).stream())
                    .toList();
            Confirmation<Failure> confirmation = sink.send(messages);

            assertThat(confirmation.failures()).containsOnlyKeys(1, 2);
            assertThat(confirmation.failure(1))
                    .isEqualTo(Failure.passing("bean 'orders': IllegalArgumentException: no \"a 2\""));
            assertThat(confirmation.failure(2)).matches(Failure::held);
            assertThat(taken).containsExactly("a 1", "b 1", "b 2");
        }
    }

    @Test
    void anErrorIsAFailureLikeAnother() throws Exception {
        try (Sink sink = sink(new Odd(_ -> {
            throw new NoClassDefFoundError("com/example/Missing");
        }))) {
            assertThat(sink.send(StreamMessage.stream("a", 1)).failure(0))
                    .isEqualTo(Failure.passing("bean 'orders': NoClassDefFoundError: com/example/Missing"));
        }
    }

    @Test
    void anInterruptOfItsOwnMakingStaysWithTheBean() throws Exception {
        try (Sink sink = sink(new Odd(_ -> Thread.currentThread().interrupt()))) {
            assertThat(sink.send(StreamMessage.stream("a", 2)).complete()).isTrue();
            assertThat(Thread.interrupted()).isFalse();
        }
    }

    @Test
    void aCallThatIsInterruptedSaysNothingOfTheMessage() throws Exception {
        CountDownLatch called = new CountDownLatch(1);
        AtomicReference<Throwable> thrown = new AtomicReference<>();
        try (Sink sink = sink(new Odd(_ -> {
            called.countDown();
            try {
                new CountDownLatch(1).await();
            } catch (InterruptedException ex) {
                throw new IllegalStateException(ex);
            }
        }))) {
            Thread caller = Thread.startVirtualThread(
                    () -> thrown.set(catchThrowable(() -> sink.send(StreamMessage.stream("a", 1)))));
            called.await();
            caller.interrupt();
            caller.join();
            assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
        }
    }

    static final class Payloads {

        private final List<byte[]> taken = new ArrayList<>();

        public void take(List<byte[]> payloads) {
            taken.addAll(payloads);
        }
    }

    @Test
    void aListMayBeOfPayloads() throws Exception {
        Payloads bean = new Payloads();
        try (Sink sink = sink(bean)) {
            assertThat(sink.send(WireMessage.of("a", "b")).complete()).isTrue();
            assertThat(bean.taken).containsExactly("a".getBytes(UTF_8), "b".getBytes(UTF_8));
        }
    }

    static final class Refusing {

        public void take(List<Message<byte[]>> messages) {
            throw new IllegalStateException("none of " + messages.size());
        }
    }

    @Test
    void aListThatFailsIsAnAttemptOfTheFirstOfEachStream() throws Exception {
        try (Sink sink = sink(new Refusing())) {
            List<StreamMessage> messages = Stream.concat(
                            StreamMessage.stream("a", 2).stream(), StreamMessage.stream("b", 1).stream())
                    .toList();
            Confirmation<Failure> confirmation = sink.send(messages);

            assertThat(IntStream.range(0, 3)
                            .mapToObj(i -> confirmation.failure(i).kind()))
                    .containsExactly(Failure.Kind.PASSING, Failure.Kind.HELD, Failure.Kind.PASSING);
            assertThat(confirmation.failure(0).reason()).isEqualTo("bean 'orders': IllegalStateException: none of 3");
        }
    }

    static final class Nothing {}

    static final class Several {

        public void take(byte[] payload) {}

        public void leave(byte[] payload) {}
    }

    static final class Later {

        public Future<String> take(byte[] payload) {
            return CompletableFuture.completedFuture("later");
        }
    }

    @Test
    void aBeanThatCannotTakeMessagesIsRefused() {
        assertRefused(new Nothing(), "bean 'orders' has no public method that takes messages");
        assertRefused(
                new Several(),
                "bean 'orders' has several methods that could take messages: leave, take."
                        + " Put @ServiceActivator on one of them");
        assertRefused(
                new Later(),
                "method 'take' of bean 'orders' returns a Future."
                        + " It confirms messages by returning, so it has to return once it is done");
        Consumer<byte[]> lambda = payload -> {};
        assertRefused(
                lambda, "bean 'orders' is a lambda, and nobody can see what it takes. Make it a class with a method");
    }

    private static void assertRefused(Object bean, String words) {
        assertThatIllegalArgumentException().isThrownBy(() -> sink(bean)).withMessage(words);
    }
}

package dev.sluice.command;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sluice.command.AnsweringSocket.Answer;
import dev.sluice.command.DeviceSocket.Closing;
import dev.sluice.log.LogException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands in one process, over its log, on its real threads. */
final class DeviceCommandsTests {

    private static final Device DEVICE = new Device("meters", "4711");
    private static final CommandTerms NUMBERED = new CommandTerms(Confirm.ANSWER, 256, false, Duration.ofMillis(300));
    private static final CommandTerms PLAIN = new CommandTerms(Confirm.ANSWER, 0, false, Duration.ofMillis(300));
    private static final Duration LONG = Duration.ofSeconds(20);

    @TempDir
    private Path directory;

    private DeviceCommands commands;

    @BeforeEach
    void open() throws LogException {
        open(CommandLimits.DEFAULT);
    }

    private void open(CommandLimits limits) throws LogException {
        commands = DeviceCommands.open(directory, limits, new CommandWatch() {});
    }

    @AfterEach
    void close() throws LogException {
        commands.close();
        Ledger ledger = commands.ledger();
        assertThat(ledger.submitted())
                .isEqualTo(ledger.confirmed()
                        + ledger.rejected()
                        + ledger.expired()
                        + ledger.unconfirmed()
                        + ledger.cancelled()
                        + ledger.refused()
                        + ledger.pending());
    }

    private AnsweringSocket connect(Device device, CommandTerms terms, Function<Flight, Answer> answer) {
        AnsweringSocket socket = new AnsweringSocket(commands, terms.numbers() > 0, answer);
        commands.connected(device, socket, terms);
        return socket;
    }

    private static NewCommand command(String id, Mode mode, int attempts, Duration ttl) {
        return new NewCommand(
                DEVICE, id, id.getBytes(StandardCharsets.UTF_8), mode, attempts, ttl, Confirm.ANSWER, 50, "meters");
    }

    private static NewCommand command(String id) {
        return command(id, Mode.AT_LEAST_ONCE, 3, Duration.ofMinutes(1));
    }

    private Outcome outcome(String id) throws Exception {
        return commands.await(id, LONG).get(30, SECONDS).orElseThrow().outcome();
    }

    @Test
    void aCommandWaitsForItsDeviceAndIsConfirmedByItsAnswer() throws Exception {
        Submission submission = commands.submit(command("one")).get(10, SECONDS);
        assertThat(submission.known()).isFalse();
        assertThat(submission.command().stage()).isEqualTo(CommandState.Stage.WAITING);
        assertThat(commands.pending(DEVICE).get(10, SECONDS)).hasSize(1);
        assertThat(commands.oldest()).isPresent();

        AnsweringSocket socket = connect(DEVICE, NUMBERED, _ -> Answer.YES);

        assertThat(outcome("one")).isEqualTo(Outcome.CONFIRMED);
        assertThat(socket.flights).singleElement().satisfies(flight -> {
            assertThat(flight.payload()).asString(StandardCharsets.UTF_8).isEqualTo("one");
            assertThat(flight.attempt()).isEqualTo(1);
        });
        assertThat(commands.device(DEVICE).get(10, SECONDS).orElseThrow().listener())
                .isEqualTo("meters");
        assertThat(commands.pending(DEVICE).get(10, SECONDS)).isEmpty();
    }

    @Test
    void commandsOfADeviceAreSentInOrderAndOneAtATime() throws Exception {
        List<CompletableFuture<Submission>> all = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            all.add(commands.submit(command("c" + i)));
        }
        all.forEach(CompletableFuture::join);
        AtomicInteger inFlight = new AtomicInteger();
        List<Integer> most = new ArrayList<>();
        AnsweringSocket socket = connect(DEVICE, PLAIN, _ -> {
            most.add(inFlight.incrementAndGet());
            inFlight.decrementAndGet();
            return Answer.YES;
        });
        assertThat(outcome("c39")).isEqualTo(Outcome.CONFIRMED);
        assertThat(socket.flights.stream().map(Flight::command).toList())
                .isEqualTo(java.util.stream.IntStream.range(0, 40)
                        .mapToObj(i -> "c" + i)
                        .toList());
        assertThat(most).containsOnly(1);
    }

    @Test
    void outcomesAreHandedOverOnceUnlessThatFails() throws Exception {
        List<String> taken = new CopyOnWriteArrayList<>();
        AtomicBoolean away = new AtomicBoolean();
        OutcomeTaker taker = some -> {
            if (!away.get()) {
                some.forEach(command -> taken.add(command.id() + " " + command.outcome() + " " + command.attempts()));
            }
            return !away.get();
        };
        commands.outcomes(Map.of("meters", taker, "others", _ -> {
            throw new AssertionError("Nothing is for them");
        }));
        connect(DEVICE, NUMBERED, _ -> Answer.YES);
        commands.submit(command("one")).get(10, SECONDS);
        await().until(() -> taken.equals(List.of("one CONFIRMED 1")));
        away.set(true);
        commands.submit(command("two")).get(10, SECONDS);
        commands.submit(command("three")).get(10, SECONDS);
        assertThat(outcome("three")).isEqualTo(Outcome.CONFIRMED);
        assertThat(commands.outcomesWaiting()).isPositive();

        commands.close();
        away.set(false);
        open();
        commands.outcomes(Map.of("meters", taker));
        await().untilAsserted(() -> assertThat(taken).hasSize(3));
        commands.close();
        open();
        commands.outcomes(Map.of("meters", taker));
        connect(DEVICE, NUMBERED, _ -> Answer.YES);
        commands.submit(command("four")).get(10, SECONDS);
        await().until(() -> taken.size() == 4);
        assertThat(taken)
                .containsExactly("one CONFIRMED 1", "two CONFIRMED 1", "three CONFIRMED 1", "four CONFIRMED 1");

        // What becomes of a command while nobody wants to know is nobody's.
        commands.outcomes(Map.of());
        commands.submit(command("five")).get(10, SECONDS);
        assertThat(outcome("five")).isEqualTo(Outcome.CONFIRMED);
        commands.outcomes(Map.of("meters", taker));
        commands.submit(command("six")).get(10, SECONDS);
        await().until(() -> taken.size() == 5);
        assertThat(taken.getLast()).isEqualTo("six CONFIRMED 1");
    }

    @Test
    void aDeviceMaySayNo() throws Exception {
        connect(DEVICE, PLAIN, _ -> Answer.NO);
        commands.submit(command("one")).get(10, SECONDS);
        assertThat(outcome("one")).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void theSameIsQueuedOnceAndAnotherWithItsIdIsRefused() throws Exception {
        List<CompletableFuture<Submission>> all = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            all.add(commands.submit(command("one")));
        }
        int known = 0;
        for (CompletableFuture<Submission> each : all) {
            known += each.get(10, SECONDS).known() ? 1 : 0;
        }
        assertThat(known).isEqualTo(9);
        assertThat(commands.ledger().submitted()).isEqualTo(1);
        NewCommand other = new NewCommand(
                DEVICE,
                "one",
                new byte[] {1},
                Mode.AT_MOST_ONCE,
                1,
                Duration.ofMinutes(1),
                Confirm.ANSWER,
                50,
                "meters");
        assertRefused(commands.submit(other), RefusedException.Cause.CONFLICT);
    }

    @Test
    void aDeviceHasOnlySoManyPending() throws Exception {
        List<CompletableFuture<Submission>> all = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            all.add(commands.submit(command("c" + i)));
        }
        for (int i = 0; i < 50; i++) {
            all.get(i).get(10, SECONDS);
        }
        for (int i = 50; i < 60; i++) {
            assertRefused(all.get(i), RefusedException.Cause.TOO_MANY);
        }
    }

    @Test
    void aFullLogTakesNoCommands() throws Exception {
        commands.close();
        open(new CommandLimits(1, Duration.ofDays(1), 10));
        assertRefused(commands.submit(command("one")), RefusedException.Cause.FULL);
    }

    @Test
    void nothingIsTakenWhileItsFileIsAway() throws Exception {
        commands.submit(command("before")).get(10, SECONDS);
        Path away = directory.resolve("away");
        Files.move(directory.resolve("devices.db"), away);

        assertRefused(commands.submit(command("lost")), RefusedException.Cause.UNAVAILABLE);
        assertThat(commands.failure()).hasValueSatisfying(why -> assertThat(why).contains("Put it back, or restart"));

        Files.move(away, directory.resolve("devices.db"));
        assertGoesOn();
    }

    @Test
    void whatItsLogHeldIsKeptIfThatIsRemoved() throws Exception {
        commands.submit(command("before")).get(10, SECONDS);
        Files.delete(directory.resolve("devices.db-wal"));
        assertGoesOn();
    }

    @Test
    void aFullDiskTakesNoCommandsUntilThereIsRoom() throws Exception {
        commands.close();
        assumeTrue(run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs") == 0, "this user can mount a file system");
        try {
            open();
            commands.submit(command("before")).get(10, SECONDS);
            Path ballast = directory.resolve("ballast");
            Files.createFile(ballast);
            while (tryFill(ballast)) {
                // Until there is no room.
            }
            byte[] large = new byte[100_000];
            NewCommand tooLarge = new NewCommand(
                    DEVICE, "large", large, Mode.AT_LEAST_ONCE, 3, Duration.ofMinutes(1), Confirm.ANSWER, 50, "meters");
            assertRefused(commands.submit(tooLarge), RefusedException.Cause.FULL);
            Files.delete(ballast);
            assertGoesOn();
        } finally {
            commands.close();
            assertThat(run("umount")).isZero();
        }
        open();
    }

    private static boolean tryFill(Path ballast) {
        try {
            Files.write(ballast, new byte[4096], StandardOpenOption.APPEND);
            return true;
        } catch (IOException ex) {
            return false;
        }
    }

    private int run(String... command) throws Exception {
        List<String> words = new ArrayList<>(List.of(command));
        words.add(directory.toString());
        return new ProcessBuilder(words).start().waitFor();
    }

    /** What was not refused waits, and nothing else. */
    private void assertGoesOn() throws Exception {
        commands.submit(command("after")).get(10, SECONDS);
        assertThat(commands.failure()).isEmpty();
        commands.close();
        open();
        assertThat(commands.pending(DEVICE).get(10, SECONDS))
                .extracting(CommandState::id)
                .containsExactly("before", "after");
    }

    private static void assertRefused(CompletableFuture<Submission> submission, RefusedException.Cause why) {
        assertThatThrownBy(() -> submission.get(10, SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        RefusedException.class, ex -> assertThat(ex.why()).isEqualTo(why));
    }

    @Test
    void whatWasNeverSentExpiresOrIsCancelled() throws Exception {
        commands.submit(command("short", Mode.AT_LEAST_ONCE, 3, Duration.ofMillis(100)))
                .get(10, SECONDS);
        commands.submit(command("long")).get(10, SECONDS);
        assertThat(commands.cancel("long", LONG).get(10, SECONDS).orElseThrow().outcome())
                .isEqualTo(Outcome.CANCELLED);
        assertThat(outcome("short")).isEqualTo(Outcome.EXPIRED);
        AnsweringSocket socket = connect(DEVICE, PLAIN, _ -> Answer.YES);
        commands.submit(command("last")).get(10, SECONDS);
        assertThat(outcome("last")).isEqualTo(Outcome.CONFIRMED);
        assertThat(socket.flights).hasSize(1);
        assertThat(commands.cancel("last", LONG).get(10, SECONDS).orElseThrow().outcome())
                .isEqualTo(Outcome.CONFIRMED);
    }

    @Test
    void withNumbersAnUnansweredCommandIsSentAgainAndALateAnswerCounts() throws Exception {
        AnsweringSocket socket =
                connect(DEVICE, NUMBERED, flight -> flight.attempt() < 3 ? Answer.NOTHING : Answer.YES);
        commands.submit(command("one")).get(10, SECONDS);
        assertThat(outcome("one")).isEqualTo(Outcome.CONFIRMED);
        assertThat(socket.flights.stream().map(Flight::attempt).toList()).containsExactly(1, 2, 3);
        assertThat(socket.flights.stream().map(Flight::number).distinct().toList())
                .hasSize(1);
        assertThat(socket.closings).isEmpty();
    }

    @Test
    void withoutNumbersAnUnansweredCommandClosesTheConnection() throws Exception {
        AnsweringSocket socket = connect(DEVICE, PLAIN, _ -> Answer.NOTHING);
        commands.submit(command("one", Mode.AT_MOST_ONCE, 1, Duration.ofMinutes(1)))
                .get(10, SECONDS);
        assertThat(outcome("one")).isEqualTo(Outcome.UNCONFIRMED);
        assertThat(socket.closings).containsExactly(Closing.UNANSWERED);
        assertThat(socket.flights).hasSize(1);
    }

    @Test
    void aNewerConnectionReplacesTheOlder() throws Exception {
        AnsweringSocket older = connect(DEVICE, PLAIN, _ -> Answer.YES);
        await().until(() -> commands.device(DEVICE).get(10, SECONDS).isPresent());
        AnsweringSocket newer = connect(DEVICE, PLAIN, _ -> Answer.YES);
        await().untilAsserted(() -> assertThat(older.closings).containsExactly(Closing.REPLACED));
        commands.submit(command("one")).get(10, SECONDS);
        assertThat(outcome("one")).isEqualTo(Outcome.CONFIRMED);
        assertThat(newer.flights).hasSize(1);
        assertThat(commands.disconnect(DEVICE).get(10, SECONDS)).isTrue();
        await().untilAsserted(() -> assertThat(newer.closings).containsExactly(Closing.ASKED));
        await().until(() -> commands.connectedDevices() == 0);
    }

    @Test
    void aGatewaysDevicesAreSentToOneAfterAnotherAndAnswersNameThem() throws Exception {
        Device other = new Device("meters", "4712");
        Map<String, Integer> open = new ConcurrentHashMap<>();
        AnsweringSocket gateway = connect(DEVICE, PLAIN, flight -> {
            open.merge("now", 1, Integer::sum);
            open.merge("most", open.get("now"), Math::max);
            open.merge("now", -1, Integer::sum);
            return Answer.YES;
        });
        commands.connected(other, gateway, PLAIN);
        List<CompletableFuture<Submission>> all = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            Device device = i % 2 == 0 ? DEVICE : other;
            all.add(commands.submit(new NewCommand(
                    device, "c" + i, new byte[0], Mode.AT_LEAST_ONCE, 3, LONG, Confirm.ANSWER, 50, "meters")));
        }
        all.forEach(CompletableFuture::join);
        for (int i = 0; i < 20; i++) {
            assertThat(outcome("c" + i)).isEqualTo(Outcome.CONFIRMED);
        }
        assertThat(open).containsEntry("most", 1);
        commands.gone(other, gateway);
        await().until(() -> commands.connectedDevices() == 1);
    }

    @Test
    void aRestartKeepsWhatWaitsAndWhatHasBecomeOfTheRest() throws Exception {
        AnsweringSocket socket = connect(DEVICE, PLAIN, _ -> Answer.YES);
        commands.submit(command("done")).get(10, SECONDS);
        assertThat(outcome("done")).isEqualTo(Outcome.CONFIRMED);
        commands.gone(socket);
        await().until(() -> commands.device(DEVICE).get(10, SECONDS).isEmpty());
        commands.submit(command("waits")).get(10, SECONDS);
        Ledger before = commands.ledger();
        commands.close();
        open();
        assertThat(commands.ledger()).isEqualTo(before);
        assertThat(outcome("done")).isEqualTo(Outcome.CONFIRMED);
        connect(DEVICE, PLAIN, _ -> Answer.YES);
        assertThat(outcome("waits")).isEqualTo(Outcome.CONFIRMED);
    }

    @Test
    void whatIsOverForLongIsForgottenAndStillCounted() throws Exception {
        commands.close();
        open(new CommandLimits(1 << 30, Duration.ofDays(1), 3));
        AnsweringSocket socket = connect(DEVICE, PLAIN, _ -> Answer.YES);
        byte[] payload = new byte[10_000];
        for (int i = 0; i < 100; i++) {
            commands.submit(new NewCommand(
                            DEVICE,
                            "c" + i,
                            payload,
                            Mode.AT_LEAST_ONCE,
                            3,
                            Duration.ofMinutes(1),
                            Confirm.ANSWER,
                            100,
                            "meters"))
                    .get(10, SECONDS);
        }
        assertThat(outcome("c99")).isEqualTo(Outcome.CONFIRMED);
        await().until(() -> commands.find("c50").get(10, SECONDS).isEmpty());
        assertThat(commands.find("c99").get(10, SECONDS)).isPresent();
        await().untilAsserted(() -> assertThat(commands.bytes()).isLessThan(200_000));
        commands.gone(socket);
        await().until(() -> commands.connectedDevices() == 0);
        assertThat(commands.ledger().confirmed()).isEqualTo(100);
        commands.close();
        open();
        assertThat(commands.ledger().submitted()).isEqualTo(100);
        assertThat(commands.ledger().confirmed()).isEqualTo(100);
    }

    @Test
    void aNewerFileIsLeftAlone() throws Exception {
        commands.close();
        Path file = directory.resolve("devices.db");
        try (java.sql.Connection connection = java.sql.DriverManager.getConnection("jdbc:sqlite:" + file);
                java.sql.Statement statement = connection.createStatement()) {
            statement.execute("pragma user_version = 9");
        }
        byte[] before = Files.readAllBytes(file);
        assertThatThrownBy(() -> DeviceCommands.open(directory, CommandLimits.DEFAULT, new CommandWatch() {}))
                .isInstanceOf(LogException.class)
                .hasMessageContaining("devices.db")
                .hasMessageContaining("newer version");
        assertThat(Files.readAllBytes(file)).isEqualTo(before);
        Files.delete(file);
        open();
    }
}

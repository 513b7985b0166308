package dev.sluice.delivery.spool;

import dev.sluice.delivery.spool.recovery.SpoolRecovery;
import dev.sluice.message.Envelope;
import dev.sluice.sink.RuledMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Uses a spool {@code data/in.spool} in one life after the other while somebody has its system calls fail, and holds
 * against what it was told whatever is in it: each message once, at its place, and none that was refused; as many dead
 * letters and as many bytes as there are. Ends with 0 and a line of figures, or with a stack trace.
 *
 * <p>Arguments: the directory, how many seconds, a seed, the greatest length of a message, the milliseconds of a life.
 */
public final class FaultySpoolProgram {

    private static final String LISTENER = "in";
    private static final List<String> SINKS = List.of("archive", "upstream");
    private static final int APPENDERS = 3;
    private static final long PATIENCE_SECONDS = 60;

    private final Path file;
    private final DirectoryLock lock;
    private final long seed;
    private final int length;
    private final int lifeMillis;
    /** By position, what was told to be there. */
    private final Map<Long, String> accepted = new ConcurrentSkipListMap<>();

    private final Map<String, SinkLife> sinks = new ConcurrentHashMap<>();
    private final ExecutorService threads =
            Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());
    private final AtomicLong sequence = new AtomicLong();
    private final AtomicLong refused = new AtomicLong();
    private final AtomicLong failures = new AtomicLong();
    private volatile boolean resting;
    private int lives;

    private FaultySpoolProgram(Path directory, long seed, int length, int lifeMillis) throws IOException {
        this.lock = DirectoryLock.take(Files.createDirectories(directory.resolve("data")));
        this.file = lock.directory().resolve(LISTENER + ".spool");
        this.seed = seed;
        this.length = length;
        this.lifeMillis = lifeMillis;
        SINKS.forEach(sink -> sinks.put(sink, new SinkLife(sink)));
    }

    public static void main(String[] args) throws Exception {
        FaultySpoolProgram program = new FaultySpoolProgram(
                Path.of(args[0]), Long.parseLong(args[2]), Integer.parseInt(args[3]), Integer.parseInt(args[4]));
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Long.parseLong(args[1]));
        while (System.nanoTime() - until < 0 || program.lives < 2) {
            program.live();
        }
        System.out.printf(
                "%d lives, %d messages, %d refused, %d failures%n",
                program.lives, program.accepted.size(), program.refused.get(), program.failures.get());
        System.exit(0);
    }

    private void live() throws Exception {
        Random random = new Random(seed * 31 + lives);
        lives++;
        resting = false;
        Spool spool = open();
        check(
                spool.state().end() == accepted.size(),
                "opened with %d messages",
                spool.state().end());
        List<Future<?>> busy = new ArrayList<>();
        for (int i = 0; i < APPENDERS; i++) {
            Random own = new Random(random.nextLong());
            busy.add(threads.submit(() -> append(spool, own)));
        }
        for (SinkLife sink : sinks.values()) {
            Random own = new Random(random.nextLong());
            busy.add(threads.submit(() -> sink.take(spool, own)));
        }
        busy.add(threads.submit(() -> refuse(spool, random)));
        Thread.sleep(lifeMillis / 4 + random.nextInt(lifeMillis));
        resting = true;
        for (Future<?> each : busy) {
            each.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        }
        assertRight(spool);
        spool.close();
    }

    /** An error at the start ends the program, which is started again. */
    private Spool open() throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                return SpoolRecovery.open(lock, LISTENER, SINKS, 1L << 40);
            } catch (SpoolException ex) {
                failures.incrementAndGet();
                check(System.nanoTime() - until < 0, "cannot be opened: %s", ex);
                Thread.sleep(10);
            }
        }
    }

    private Void append(Spool spool, Random random) throws Exception {
        while (!resting) {
            List<Envelope> messages = new ArrayList<>();
            List<String> texts = new ArrayList<>();
            for (int i = random.nextInt(4); i >= 0; i--) {
                long number = sequence.incrementAndGet();
                texts.add(number + " ");
                Envelope message = SpoolFolder.message(
                        SpoolFolder.origin("c"), number, number + " " + "x".repeat(random.nextInt(length)));
                // The first goes to all sinks, and so their row does.
                messages.add(
                        messages.isEmpty() || random.nextBoolean()
                                ? message
                                : new RuledMessage(message, List.of(SINKS.get(random.nextInt(SINKS.size())))));
            }
            CompletableFuture<Long> done = spool.append(messages, true);
            try {
                long position = done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                for (String text : texts) {
                    String other = accepted.put(position, text);
                    check(other == null, "position %d was given to %s and to %s", position, other, text);
                    position++;
                }
            } catch (ExecutionException ex) {
                check(ex.getCause() instanceof SpoolClosedException, "refused: %s", ex.getCause());
                refused.addAndGet(texts.size());
            }
        }
        return null;
    }

    /** As a listener does that stops, and starts again. */
    private Void refuse(Spool spool, Random random) throws InterruptedException {
        @Nullable String before = null;
        while (!resting) {
            Thread.sleep(1);
            check(spool.state().bytes() >= 0, "%d bytes are used", spool.state().bytes());
            String failure = spool.state().failure();
            if (failure != null && !failure.equals(before)) {
                failures.incrementAndGet();
                if (random.nextBoolean()) {
                    spool.refuseHeld(true);
                    Thread.sleep(random.nextInt(20));
                    spool.refuseHeld(false);
                }
            }
            before = failure;
        }
        return null;
    }

    private void assertRight(Spool spool) throws InterruptedException {
        check(
                spool.state().end() == accepted.size(),
                "%d instead of %d",
                spool.state().end(),
                accepted.size());
        check(accepted.keySet().stream().mapToLong(p -> p).max().orElse(-1) == accepted.size() - 1, "there are gaps");
        long letters = 0;
        for (SinkLife sink : sinks.values()) {
            sink.assertRight(spool);
            letters += sink.letters;
        }
        check(
                spool.state().deadLetters() == letters,
                "%d dead letters instead of %d",
                spool.state().deadLetters(),
                letters);
        long used = used(spool);
        check(
                spool.state().bytes() == used,
                "%d bytes are used, not %d",
                used,
                spool.state().bytes());
    }

    /** As the file itself tells. */
    private long used(Spool spool) throws InterruptedException {
        long first = spool.state().cursors().values().stream()
                .mapToLong(p -> p)
                .min()
                .orElse(0);
        return persist(() -> {
            try (var connection = Sqlite.connect(file, true);
                    Statement statement = connection.createStatement();
                    ResultSet row = statement.executeQuery("select (select coalesce(sum(length(content)), 0) from batch"
                            + " where position + messages > " + first
                            + ") + (select coalesce(sum(length(content)), 0) from dead_letter)")) {
                row.next();
                return row.getLong(1);
            } catch (SQLException ex) {
                throw new SpoolException(ex.getMessage(), ex);
            }
        });
    }

    private interface Reading<T> {
        T now() throws InterruptedException;
    }

    private <T> T persist(Reading<T> reading) throws InterruptedException {
        long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (true) {
            try {
                return reading.now();
            } catch (SpoolException ex) {
                failures.incrementAndGet();
                check(System.nanoTime() - until < 0, "cannot be read: %s", ex);
                Thread.sleep(1);
            }
        }
    }

    private static void check(boolean right, String problem, @Nullable Object... details) {
        if (!right) {
            throw new IllegalStateException(problem.formatted(details));
        }
    }

    /** What a sink has seen, over all lives. */
    private final class SinkLife {

        private final String name;
        private final Map<Long, String> seen = new ConcurrentHashMap<>();
        private long position;
        private long letters;

        private SinkLife(String name) {
            this.name = name;
        }

        Void take(Spool spool, Random random) throws Exception {
            try (SpoolReader reader = spool.reader(name)) {
                check(reader.start() == position, "%s begins at %d, not %d", name, reader.start(), position);
                while (!resting) {
                    List<StoredBatch> batches =
                            persist(() -> reader.read(position, 20)).batches();
                    List<DeadLetter> dead = new ArrayList<>();
                    long end = position;
                    for (StoredBatch batch : batches) {
                        check(batch.position() <= end && end < batch.end(), "%d instead of %d", batch.position(), end);
                        for (Envelope message : batch.messages(LISTENER, end, _ -> true)) {
                            String text = new String(message.getPayload(), StandardCharsets.UTF_8);
                            seen.put(end, text.substring(0, text.indexOf(' ') + 1));
                            if (random.nextInt(50) == 0) {
                                dead.add(new DeadLetter(name, end, message, 1, "bad", 7));
                            }
                            end++;
                        }
                    }
                    if (end > position) {
                        acknowledge(spool, end, dead);
                        position = end;
                        letters += dead.size();
                    }
                    if (random.nextInt(20) == 0) {
                        purge(spool);
                    }
                    Thread.sleep(random.nextInt(10) == 0 ? 50 : 0);
                }
            }
            return null;
        }

        private void acknowledge(Spool spool, long end, List<DeadLetter> dead) throws Exception {
            while (true) {
                try {
                    spool.acknowledge(name, end, dead, List.of()).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
                    return;
                } catch (ExecutionException ex) {
                    check(ex.getCause() instanceof SpoolClosedException, "not acknowledged: %s", ex.getCause());
                }
            }
        }

        private void purge(Spool spool) throws Exception {
            List<DeadLetter> found = persist(() -> spool.queries().deadLetters(name, 0, 7));
            long removed = spool.removeDeadLetters(found).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
            check(removed == found.size(), "%d dead letters were removed, not %d", removed, found.size());
            letters -= removed;
        }

        /** Reads what it has not seen to the end, without acknowledging it. */
        void assertRight(Spool spool) throws InterruptedException {
            try (SpoolReader reader = spool.reader(name)) {
                long at = position;
                while (at < spool.state().end()) {
                    long from = at;
                    for (StoredBatch batch : persist(() -> reader.read(from, 0)).batches()) {
                        for (Envelope message : batch.messages(LISTENER, at, _ -> true)) {
                            String text = new String(message.getPayload(), StandardCharsets.UTF_8);
                            seen.put(at++, text.substring(0, text.indexOf(' ') + 1));
                        }
                    }
                }
            }
            check(seen.equals(accepted), "%s has seen %d messages, not what was accepted", name, seen.size());
            check(spool.state().cursors().get(name) == position, "the cursor of %s", name);
        }
    }
}

package dev.sluice.bench.flow;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.json.JsonMapper;

/**
 * A process that sends timed lines. Its argument is the kind of {@link Sender}. It reads {@code ADDRESS MILLIS RATE}
 * from standard input, the rate in lines a second or 0 for as many as go, answers with {@link Sent} on one line of
 * JSON, and so on until the end of input.
 *
 * <p>With a rate, lines have a time at which they are due, whatever became of those before: that time they carry.
 */
public final class SenderProgram {

    private SenderProgram() {}

    public static void main(String[] args) throws IOException {
        PrintStream answers = System.out;
        System.setOut(System.err);
        ((Logger) LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME)).setLevel(Level.WARN);
        var json = new JsonMapper();
        var orders = new BufferedReader(new InputStreamReader(System.in));
        for (String order = orders.readLine(); order != null; order = orders.readLine()) {
            String[] words = order.split(" ");
            long nanos = TimeUnit.MILLISECONDS.toNanos(Long.parseLong(words[1]));
            answers.println(json.writeValueAsString(send(args[0], words[0], nanos, Integer.parseInt(words[2]))));
        }
        Runtime.getRuntime().halt(0);
    }

    private static Sent send(String kind, String address, long nanos, int rate) {
        long started;
        long messages = 0;
        try (Sender sender = Sender.of(kind, address);
                var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            started = System.nanoTime();
            List<Callable<Long>> streams = new ArrayList<>();
            for (int i = 0; i < Sender.STREAMS; i++) {
                int stream = i;
                streams.add(() -> send(sender, stream, started, started + nanos, rate));
            }
            for (Future<Long> stream : threads.invokeAll(streams)) {
                messages += stream.get();
            }
        } catch (IOException | ExecutionException | InterruptedException e) {
            return new Sent(0, 0, e.toString());
        }
        return new Sent(messages, started);
    }

    private static long send(Sender sender, int stream, long started, long end, int rate)
            throws IOException, InterruptedException {
        long interval = rate == 0 ? 0 : TimeUnit.SECONDS.toNanos(Sender.STREAMS) / rate;
        long due = started + stream * interval / Sender.STREAMS;
        long messages = 0;
        while ((rate == 0 ? System.nanoTime() : due) < end) {
            for (long wait = due - System.nanoTime(); rate > 0 && wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            sender.send(stream, Stamp.line(rate == 0 ? System.nanoTime() : due));
            messages++;
            due += interval;
        }
        return messages;
    }
}

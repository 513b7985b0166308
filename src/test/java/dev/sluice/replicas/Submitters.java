package dev.sluice.replicas;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Those who have commands for devices: half over HTTP at any replica, again with the same id until one has taken it,
 * and half by {@code kcat}. The commands of one device go one way, one after the other, and every other of these ways
 * has them sent once at the most.
 */
final class Submitters {

    private static final int WORKERS = 200;
    private static final int WAYS = 4;

    private final Site site;
    private final int devices;
    private final List<BlockingQueue<Command>> queues = new ArrayList<>();
    private final List<Thread> workers = new ArrayList<>();
    private final List<Process> kcats = new ArrayList<>();
    private final Queue<Command> taken = new ConcurrentLinkedQueue<>();
    private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
    private final Queue<Long> nanos = new ConcurrentLinkedQueue<>();

    /** @param content its number, {@code @}, and the nanoseconds of the moment in which it was submitted */
    record Command(int device, String content) {

        boolean once() {
            return device % 2 == 1;
        }

        int number() {
            return Integer.parseInt(content.substring(0, content.indexOf('@')));
        }

        String id() {
            return "h" + number();
        }
    }

    private static final Command END = new Command(0, "");

    Submitters(Site site, int devices) throws IOException {
        this.site = site;
        this.devices = devices;
        for (int i = 0; i < WORKERS; i++) {
            BlockingQueue<Command> queue = new LinkedBlockingQueue<>();
            queues.add(queue);
            workers.add(Thread.startVirtualThread(() -> work(queue)));
        }
        for (String mode : new String[] {"at-least-once", "at-most-once"}) {
            kcats.add(new ProcessBuilder(
                            "kcat",
                            "-P",
                            "-E",
                            "-b",
                            site.brokers(),
                            "-t",
                            Site.PREFIX + "commands",
                            "-K",
                            "|",
                            "-H",
                            "sluice-mode=" + mode,
                            "-X",
                            "enable.idempotence=true",
                            "-X",
                            "linger.ms=0",
                            "-X",
                            "message.timeout.ms=900000",
                            "-X",
                            "reconnect.backoff.max.ms=500")
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start());
        }
    }

    static boolean isByHttp(int device) {
        return device % WAYS < 2;
    }

    /** Submits so many, the first ones slowly, since all is cold still, and returns once all are taken. */
    void submit(int count, double perSecond) throws Exception {
        double due = System.nanoTime();
        for (int i = 0; i < count; i++) {
            due += 1e9 / (i < Devices.WARM_UP ? perSecond / 4 : perSecond);
            long ahead = (long) due - System.nanoTime();
            if (ahead > 0) {
                TimeUnit.NANOSECONDS.sleep(ahead);
            }
            // A stride without a factor in common: each device has its turn.
            int device = (int) (i * 1_009L % devices);
            Command command = new Command(device, String.format(Locale.ROOT, "%d@%d", i, System.nanoTime()));
            if (isByHttp(device)) {
                queues.get(device % WORKERS).add(command);
            } else {
                OutputStream in = kcats.get(command.once() ? 1 : 0).getOutputStream();
                in.write("pumps/%s|%s%n"
                        .formatted(Devices.name(device), command.content)
                        .getBytes(US_ASCII));
                in.flush();
                taken.add(command);
            }
        }
        for (BlockingQueue<Command> queue : queues) {
            queue.add(END);
        }
        for (Thread worker : workers) {
            worker.join();
        }
        for (Process kcat : kcats) {
            kcat.getOutputStream().close();
            if (kcat.waitFor() != 0) {
                throw new AssertionError("kcat ended with " + kcat.exitValue());
            }
        }
    }

    /** Submits one over HTTP, and returns once it is taken. */
    void submitNow(int device, String ttl) throws InterruptedException {
        Command command = new Command(device, String.format(Locale.ROOT, "%d@%d", device, System.nanoTime()));
        while (!isTaken(command, ttl)) {
            Thread.sleep(200);
        }
        taken.add(command);
    }

    /** All of them that were taken. */
    Queue<Command> taken() {
        return taken;
    }

    /** How often HTTP was answered with which status; 0 stands for no answer. */
    Map<Integer, LongAdder> statuses() {
        return statuses;
    }

    /** How long calls took that have had a command taken, but for the first ones. */
    Queue<Long> nanos() {
        return nanos;
    }

    private void work(BlockingQueue<Command> queue) {
        try {
            for (Command command = queue.take(); command != END; command = queue.take()) {
                while (!isTaken(command, "20m")) {
                    Thread.sleep(200);
                }
                taken.add(command);
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isTaken(Command command, String ttl) {
        int status = 0;
        long begin = System.nanoTime();
        List<Site.Replica> all = site.replicas();
        try {
            HttpURLConnection call = all.get(ThreadLocalRandom.current().nextInt(all.size()))
                    .plainPost("/actuator/commands", """
                        {"id":"%s","realm":"pumps","identity":"%s","text":"%s","mode":"%s","ttl":"%s"}\
                        """.formatted(
                                    command.id(),
                                    Devices.name(command.device),
                                    command.content,
                                    command.once() ? "at-most-once" : "at-least-once",
                                    ttl));
            status = call.getResponseCode();
            boolean refused = status >= 400;
            try (InputStream body = refused ? call.getErrorStream() : call.getInputStream()) {
                String text = body == null ? "" : new String(body.readAllBytes(), UTF_8);
                if (refused && status != 503 && status != 429) {
                    throw new IllegalStateException(text);
                }
            }
        } catch (IOException ex) {
            // That one is away, or its answer was lost.
        }
        statuses.computeIfAbsent(status, _ -> new LongAdder()).increment();
        boolean taken = status == 200 || status == 202;
        if (taken && command.number() >= Devices.WARM_UP) {
            nanos.add(System.nanoTime() - begin);
        }
        return taken;
    }
}

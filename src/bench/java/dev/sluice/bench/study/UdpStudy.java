package dev.sluice.bench.study;

import dev.sluice.bench.LoadProcess;
import dev.sluice.bench.Options;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.DatagramProgram;
import dev.sluice.bench.load.LoadResult;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/** At what rate datagrams begin to get lost on their way into a file. */
final class UdpStudy implements Study {

    private static final List<Integer> RATES =
            List.of(20_000, 50_000, 100_000, 150_000, 200_000, 250_000, 300_000, 400_000, 500_000);

    /** Of the rate that was ordered: below, the sender is at its own limit. */
    private static final double REACHED = 0.9;

    @Override
    public String name() {
        return "udp";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        var ladders = new ArrayList<Ladder>();
        var notes = new ArrayList<String>();
        notes.add("datagrams of %d bytes, each written to a file; a rate is given up once 2 of 3 tries of %d s lost any"
                .formatted(DatagramProgram.LENGTH, options.measured().toSeconds()));
        try (var sender = new LoadProcess(DatagramProgram.class, List.of(), log(options, "sender"))) {
            start(options, ladders, notes);
            for (Ladder one : ladders) {
                sender.order(one.server().port() + " " + RATES.getFirst(), options.warmUp());
                one.server().take();
            }
            climb(ladders, sender, options, deadline, notes);
        } finally {
            ladders.forEach(one -> one.server().close());
        }
        return List.of(summary(ladders, notes), byRate(ladders));
    }

    private void start(Options options, List<Ladder> ladders, List<String> notes) throws IOException {
        ladders.add(new Ladder(DatagramServer.sluice("sluice", options, log(options, "sluice"))));
        ladders.add(new Ladder(
                DatagramServer.sluice("sluice, 2 receivers", options, log(options, "sluice-2"), "receivers=2")));
        ladders.add(new Ladder(DatagramServer.sluice(
                "sluice, buffer of 208 KB", options, log(options, "sluice-208k"), "receive-buffer=208KB")));
        if (!Files.isExecutable(DatagramServer.RSYSLOG)) {
            notes.add("rsyslog is left out: there is no " + DatagramServer.RSYSLOG);
            return;
        }
        ladders.add(new Ladder(DatagramServer.rsyslog("rsyslog imudp", options, log(options, "rsyslog"), "")));
        ladders.add(new Ladder(DatagramServer.rsyslog(
                "rsyslog imudp, buffer of 4 MB", options, log(options, "rsyslog-4m"), "rcvbufSize=\"4m\"")));
    }

    private static void climb(
            List<Ladder> ladders, LoadProcess sender, Options options, long deadline, List<String> notes)
            throws IOException {
        for (int rate : RATES) {
            List<Ladder> climbing = ladders.stream().filter(Ladder::isClimbing).toList();
            while (climbing.stream().anyMatch(one -> !one.isDecided(rate))) {
                if (Study.isOver(deadline)) {
                    notes.add("from %,d/s on not all was tried, since the time was over".formatted(rate));
                    return;
                }
                for (Ladder one : climbing) {
                    if (!one.isDecided(rate)) {
                        one.add(rate, attempt(one.server(), sender, rate, options));
                    }
                }
            }
            if (!climbing.isEmpty() && climbing.stream().allMatch(one -> one.sent(rate) < REACHED * rate)) {
                notes.add("the sender did not come to %,d/s: more was not tried".formatted(rate));
                return;
            }
        }
    }

    private static Ladder.Attempt attempt(DatagramServer server, LoadProcess sender, int rate, Options options)
            throws IOException {
        LoadResult result = sender.order(server.port() + " " + rate, options.measured());
        var attempt = new Ladder.Attempt(result.messages(), server.take(), result.perSecond());
        System.out.printf(
                "udp          %,8d/s %-30s sent %,10d received %,10d (%,.0f/s)%n",
                rate, server.name(), attempt.sent(), attempt.received(), attempt.perSecond());
        return attempt;
    }

    private static Table summary(List<Ladder> ladders, List<String> notes) {
        List<List<Object>> rows = ladders.stream()
                .filter(one -> one.isTried(RATES.getFirst()))
                .map(one -> List.<Object>of(one.server().name(), one.highest()))
                .toList();
        return new Table("UDP to a file", List.of("server", "highest rate without loss, messages/s"), rows, notes);
    }

    private static Table byRate(List<Ladder> ladders) {
        var columns = new ArrayList<>(List.of("messages/s"));
        ladders.forEach(one -> columns.add(one.server().name()));
        List<List<Object>> rows = RATES.stream()
                .filter(rate -> ladders.stream().anyMatch(one -> one.isTried(rate)))
                .map(rate -> {
                    var row = new ArrayList<Object>(List.of(rate));
                    ladders.forEach(one -> row.add(one.share(rate)));
                    return List.copyOf(row);
                })
                .toList();
        return new Table(
                "UDP to a file, by rate",
                columns,
                rows,
                List.of("what came through of what was sent, and how many tries lost any"));
    }
}

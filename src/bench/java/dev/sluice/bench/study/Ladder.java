package dev.sluice.bench.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.TreeMap;

/** How far one server gets as the rate grows: up to where it loses datagrams in most tries. */
final class Ladder {

    private static final int TRIES = 3;

    /** @param perSecond that were in fact sent */
    record Attempt(long sent, long received, double perSecond) {
        boolean lost() {
            return received < sent;
        }
    }

    private final DatagramServer server;
    private final TreeMap<Integer, List<Attempt>> rungs = new TreeMap<>();

    Ladder(DatagramServer server) {
        this.server = server;
    }

    DatagramServer server() {
        return server;
    }

    void add(int rate, Attempt attempt) {
        rungs.computeIfAbsent(rate, _ -> new ArrayList<>()).add(attempt);
    }

    boolean isTried(int rate) {
        return rungs.containsKey(rate);
    }

    /** Whether another try at this rate could change nothing. */
    boolean isDecided(int rate) {
        long lost = losses(rate);
        return lost * 2 > TRIES || (tries(rate) - lost) * 2 > TRIES;
    }

    /** Whether it has lost nothing at the last rate, or has not yet been tried. */
    boolean isClimbing() {
        return rungs.isEmpty() || held(rungs.lastKey());
    }

    /** The rate that was in fact sent, or 0 if it has lost datagrams from the first on. */
    double highest() {
        return rungs.keySet().stream()
                .filter(this::held)
                .mapToDouble(this::sent)
                .max()
                .orElse(0);
    }

    /** Messages per second, the median of the tries. */
    double sent(int rate) {
        return Rounds.median(tried(rate).stream().mapToDouble(Attempt::perSecond));
    }

    /** What came through at this rate, or nothing if it was not tried. */
    String share(int rate) {
        long sent = tried(rate).stream().mapToLong(Attempt::sent).sum();
        long received = tried(rate).stream().mapToLong(Attempt::received).sum();
        return sent == 0
                ? ""
                : String.format(
                        Locale.ROOT, "%.3f %% (%d of %d lost)", 100.0 * received / sent, losses(rate), tries(rate));
    }

    private boolean held(int rate) {
        return (tries(rate) - losses(rate)) * 2 > TRIES;
    }

    private int tries(int rate) {
        return tried(rate).size();
    }

    private long losses(int rate) {
        return tried(rate).stream().filter(Attempt::lost).count();
    }

    private List<Attempt> tried(int rate) {
        return rungs.getOrDefault(rate, List.of());
    }
}

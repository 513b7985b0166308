package dev.sluice.command;

import java.util.TreeMap;

/** What is to be done later, in one order. Used by one thread. */
final class Alarms {

    /** One of them; the order tells apart those of the same time. */
    record Alarm(long at, long order) implements Comparable<Alarm> {

        @Override
        public int compareTo(Alarm other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final TreeMap<Alarm, Runnable> waiting = new TreeMap<>();
    private long order;

    Alarm set(long at, Runnable what) {
        Alarm alarm = new Alarm(at, order++);
        waiting.put(alarm, what);
        return alarm;
    }

    void cancel(Alarm alarm) {
        waiting.remove(alarm);
    }

    /** Does what is due. */
    void ring(long now) {
        while (!waiting.isEmpty() && waiting.firstKey().at() <= now) {
            waiting.pollFirstEntry().getValue().run();
        }
    }

    /** Returns when the first is due; as late as can be if there is none. */
    long first() {
        return waiting.isEmpty() ? Long.MAX_VALUE : waiting.firstKey().at();
    }
}

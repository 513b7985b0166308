package dev.sluice.bench.profile;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Stacks that begin alike, merged: a frame, the time that passed in it and in what it called, and what that was. */
final class StackTree {

    private final Frame frame;
    private final Map<String, StackTree> callees = new TreeMap<>();
    private long nanos;

    StackTree(Frame frame) {
        this.frame = frame;
    }

    void add(long more) {
        nanos += more;
    }

    StackTree callee(Frame called) {
        return callees.computeIfAbsent(called.toString(), _ -> new StackTree(called));
    }

    Frame frame() {
        return frame;
    }

    long nanos() {
        return nanos;
    }

    /** By name, so that two pictures can be compared. */
    Collection<StackTree> callees() {
        return callees.values();
    }
}

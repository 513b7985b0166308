package dev.sluice.bench.profile;

import java.util.Collection;
import java.util.Map;
import java.util.TreeMap;

/** Stacks that begin alike, merged: a frame, how many samples passed through it and ended in it, and what it called. */
final class StackTree {

    private final Frame frame;
    private final Map<String, StackTree> callees = new TreeMap<>();
    private long samples;

    StackTree(Frame frame) {
        this.frame = frame;
    }

    /** Of this frame for one more sample. */
    void count() {
        samples++;
    }

    StackTree callee(Frame called) {
        return callees.computeIfAbsent(called.toString(), _ -> new StackTree(called));
    }

    Frame frame() {
        return frame;
    }

    long samples() {
        return samples;
    }

    /** By name, so that two pictures can be compared. */
    Collection<StackTree> callees() {
        return callees.values();
    }
}

package dev.sluice.bench.profile;

import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedStackTrace;
import jdk.jfr.consumer.RecordedThread;
import jdk.jfr.consumer.RecordingFile;

/**
 * The samples of a recording, each as long as it stands for: the kernel's ticks are coarser than what is asked for.
 * Where CPU time could not be sampled they are those of threads that run, which leave out much of what is native.
 */
final class Profile {

    private static final String CPU_TIME = "jdk.CPUTimeSample";
    /** A lambda's line is its class's, and says nothing. */
    private static final int NO_LINE = 0;
    /** Of a sample of a thread that runs. */
    private static final long PERIOD = 10_000_000;

    static final String BIASED = " or before, up to the last safepoint";
    /** What they do is the recording itself. */
    private static final Set<String> RECORDERS = Set.of("Attach Listener", "JFR Periodic Tasks", "JFR Recorder Thread");

    private final String event;
    private final StackTree all = new StackTree(Frame.thread("all"));
    private final Map<String, Long> self = new HashMap<>();
    private final Map<String, Long> selfLines = new HashMap<>();
    private final Map<String, Long> total = new HashMap<>();
    private final Map<Kind, Long> kinds = new HashMap<>();
    private long samples;

    private Profile(String event) {
        this.event = event;
    }

    static Profile read(Path recording) throws IOException {
        var byTime = new Profile(CPU_TIME);
        var byThread = new Profile("jdk.ExecutionSample, jdk.NativeMethodSample");
        try (var file = new RecordingFile(recording)) {
            while (file.hasMoreEvents()) {
                RecordedEvent event = file.readEvent();
                switch (event.getEventType().getName()) {
                    case CPU_TIME -> byTime.add(event);
                    case "jdk.ExecutionSample" -> byThread.add(event, event.getThread("sampledThread"), PERIOD);
                    case "jdk.NativeMethodSample" -> {
                        if (!waits(event)) {
                            byThread.add(event, event.getThread("sampledThread"), PERIOD);
                        }
                    }
                    default -> {}
                }
            }
        }
        return byTime.samples > 0 ? byTime : byThread;
    }

    /** A thread in the kernel may be waiting there: for connections, or bytes. */
    private static boolean waits(RecordedEvent event) {
        List<RecordedFrame> frames = event.getStackTrace().getFrames();
        String name = frames.isEmpty() ? "" : frames.getFirst().getMethod().getName();
        return Set.of("wait", "epollWait", "accept", "poll", "park", "receive0").contains(name);
    }

    private void add(RecordedEvent sample) {
        add(
                sample,
                sample.getThread("eventThread"),
                sample.getDuration("samplingPeriod").toNanos());
    }

    private void add(RecordedEvent sample, RecordedThread thread, long nanos) {
        String name = name(thread);
        if (RECORDERS.contains(name)) {
            return;
        }
        samples++;
        RecordedStackTrace stack = sample.getStackTrace();
        List<RecordedFrame> frames = stack == null
                ? List.of()
                : stack.getFrames().stream().filter(RecordedFrame::isJavaFrame).toList();
        StackTree tree = all;
        tree.add(nanos);
        tree = tree.callee(Frame.thread(name));
        tree.add(nanos);
        Set<String> seen = new HashSet<>();
        for (RecordedFrame one : frames.reversed()) {
            Frame frame = Frame.of(one);
            tree = tree.callee(frame);
            tree.add(nanos);
            if (seen.add(frame.toString())) {
                total.merge(frame.toString(), nanos, Long::sum);
            }
        }
        // Then the thread was met at its next safepoint only, and the time passed somewhere before that.
        boolean biased = sample.hasField("biased")
                && sample.getBoolean("biased")
                && tree.frame().kind() != Kind.NATIVE;
        self.merge(tree.frame() + (biased ? BIASED : ""), nanos, Long::sum);
        kinds.merge(tree.frame().kind(), nanos, Long::sum);
        if (!biased && !frames.isEmpty() && frames.getFirst().getLineNumber() > NO_LINE) {
            selfLines.merge(tree.frame() + ":" + frames.getFirst().getLineNumber(), nanos, Long::sum);
        }
    }

    /** Threads that do the same have names that differ in numbers. */
    private static String name(RecordedThread thread) {
        String name = thread == null ? null : thread.getJavaName();
        return name == null || name.isEmpty() ? "(no name)" : name.replaceAll("[0-9]+", "#");
    }

    /** What was sampled. */
    String event() {
        return event;
    }

    StackTree all() {
        return all;
    }

    long samples() {
        return samples;
    }

    /** That they stand for. */
    long nanos() {
        return all.nanos();
    }

    /** By method: nanoseconds in it and nothing that it called, those that are not so certain apart. */
    Map<String, Long> self() {
        return self;
    }

    /** By method and line. */
    Map<String, Long> selfLines() {
        return selfLines;
    }

    /** By method: nanoseconds in it or anything that it called. */
    Map<String, Long> total() {
        return total;
    }

    Map<Kind, Long> kinds() {
        return kinds;
    }
}

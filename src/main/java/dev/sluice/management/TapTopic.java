package dev.sluice.management;

import dev.sluice.management.page.Topic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** What arrives at a listener and leaves it, as it does. For operators, since it shows payloads. */
final class TapTopic implements Topic {

    private static final int MOST_AT_ONCE = 50;

    private final Taps taps;

    TapTopic(Taps taps) {
        this.taps = taps;
    }

    /**
     * The last event.
     *
     * @param ended why: {@code busy} if as many are open as may be, {@code off} if the listener shows nothing,
     *     {@code listener} if there is none, or as {@link OpenTap#ended()} says
     */
    record End(String ended) {}

    @Override
    public String name() {
        return "tap";
    }

    @Override
    public boolean isForOperators() {
        return true;
    }

    /** Also where nothing can be seen: then that is what it says, and the other topics of the stream go on. */
    @Override
    public Source open(String subject, String user) {
        try {
            return taps.open(subject, user).<Source>map(Watched::new).orElseGet(() -> ending("busy"));
        } catch (IllegalArgumentException _) {
            return ending(taps.knows(subject) ? "off" : "listener");
        }
    }

    /** Returns one of which nothing is to be seen but why. */
    private static Source ending(String why) {
        Iterator<End> end = List.of(new End(why)).iterator();
        return () -> end.hasNext() ? List.of(end.next()) : List.of();
    }

    private static final class Watched implements Source {

        private final OpenTap tap;
        private boolean ended;

        Watched(OpenTap tap) {
            this.tap = tap;
        }

        /** Stops at a frame that only counts those left out: while more are left out there is always another. */
        @Override
        public List<?> next() {
            List<Object> events = new ArrayList<>();
            try {
                TappedFrame frame = tap.poll(Duration.ZERO);
                while (frame != null) {
                    events.add(frame);
                    frame = frame.frames() == 0 || events.size() == MOST_AT_ONCE ? null : tap.poll(Duration.ZERO);
                }
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
            Optional<String> end = tap.ended();
            if (end.isPresent() && events.isEmpty() && !ended) {
                ended = true;
                events.add(new End(end.get()));
            }
            return events;
        }

        @Override
        public void close() {
            tap.close();
        }
    }
}

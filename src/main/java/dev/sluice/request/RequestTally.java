package dev.sluice.request;

import dev.sluice.measure.Durations;
import java.util.List;
import java.util.stream.Stream;

/** What became of the requests of one listener, and how long each took. */
public final class RequestTally {

    /** What became of a request. */
    public enum Outcome {
        /** A back-end answered in time. */
        ANSWERED,
        /** A back-end refused. */
        REFUSED,
        /** Nobody answered in time. */
        TIMED_OUT,
        /** It did not get to Kafka. */
        UNSENT,
        /** Its peer was gone before there was an answer. */
        FORSAKEN
    }

    private final List<Durations> outcomes =
            Stream.generate(Durations::new).limit(Outcome.values().length).toList();

    RequestTally() {}

    /** Returns how long those took that ended in this way. */
    public Durations of(Outcome outcome) {
        return outcomes.get(outcome.ordinal());
    }
}

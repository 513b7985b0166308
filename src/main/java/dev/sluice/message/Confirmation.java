package dev.sluice.message;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What became of messages that were handed over together, by their index in the list. What did not fail was confirmed.
 *
 * @param <F> why a message was not
 */
public final class Confirmation<F> {

    private static final Confirmation<?> ALL = new Confirmation<>(Collections.emptySortedMap());

    private final SortedMap<Integer, F> failures;

    private Confirmation(SortedMap<Integer, F> failures) {
        this.failures = Collections.unmodifiableSortedMap(failures);
    }

    /** Returns the one that says that all were confirmed. */
    @SuppressWarnings("unchecked") // It holds no failure, of whatever type.
    public static <F> Confirmation<F> all() {
        return (Confirmation<F>) ALL;
    }

    /**
     * @param failures by index in the list that was handed over
     */
    public static <F> Confirmation<F> allBut(Map<Integer, F> failures) {
        return failures.isEmpty() ? all() : new Confirmation<>(new TreeMap<>(failures));
    }

    /** None of so many messages was confirmed. */
    public static <F> Confirmation<F> none(int messages, F failure) {
        SortedMap<Integer, F> failures = new TreeMap<>();
        for (int i = 0; i < messages; i++) {
            failures.put(i, failure);
        }
        return new Confirmation<>(failures);
    }

    /** Returns whether all were confirmed. */
    public boolean complete() {
        return failures.isEmpty();
    }

    /** Returns why those were not confirmed that were not, by their index and in its order. */
    public SortedMap<Integer, F> failures() {
        return failures;
    }

    /** Returns why the message at this index was not confirmed; null if it was. */
    public @Nullable F failure(int index) {
        return failures.get(index);
    }

    @Override
    public String toString() {
        return complete() ? "all confirmed" : "all confirmed but " + failures;
    }
}

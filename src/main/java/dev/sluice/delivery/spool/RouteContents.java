package dev.sluice.delivery.spool;

import java.util.Collection;
import java.util.Map;
import java.util.Set;

/**
 * What of a spool is on its way by one route.
 *
 * @param sinks that messages of it go to, whether the listener still names them or not
 * @param from where the first of its rows that any of them waits for may begin; no such row begins before
 * @param end the position behind its last message; 0 if there never was one
 * @param bytes the length of all content that was ever appended to it
 * @param done the length of that content that all its sinks are done with
 * @param doneByNamed the same, of those sinks that the listener names
 */
public record RouteContents(Set<String> sinks, long from, long end, long bytes, long done, long doneByNamed) {

    public RouteContents {
        sinks = Set.copyOf(sinks);
    }

    /** Nothing has ever taken the route. */
    public static RouteContents empty(Collection<String> sinks) {
        return new RouteContents(Set.copyOf(sinks), 0, 0, 0, 0, 0);
    }

    /** The same with a row that is appended. */
    public RouteContents with(StoredBatch batch) {
        return new RouteContents(
                sinks,
                waiting() == 0 ? batch.position() : from,
                batch.end(),
                bytes + batch.content().length,
                done,
                doneByNamed);
    }

    /** The same where sinks are so far. */
    public RouteContents with(Done byAll, Done byNamed) {
        return new RouteContents(sinks, byAll.from(), end, bytes, byAll.bytes(), byNamed.bytes());
    }

    /**
     * The same without what has been appended since.
     *
     * @param endOfQueue where the queue ended before
     */
    RouteContents withoutAppended(RouteContents before, long endOfQueue) {
        return new RouteContents(
                sinks,
                Math.min(from, endOfQueue),
                before.end,
                before.bytes,
                Math.min(done, before.bytes),
                Math.min(doneByNamed, before.bytes));
    }

    /** The same where the listener names none of its sinks. */
    RouteContents orphaned() {
        return new RouteContents(sinks, from, end, bytes, done, bytes);
    }

    /** What any sink waits for. */
    long waiting() {
        return bytes - done;
    }

    /** What sinks wait for that the listener names. */
    long waitingForNamed() {
        return bytes - doneByNamed;
    }

    /**
     * The first position that one of the sinks is not done with; the end if they are done with all, or there are none.
     */
    public long first(Map<String, Long> cursors) {
        return first(sinks, cursors);
    }

    /** The same, of those sinks alone that are named. */
    long first(Map<String, Long> cursors, Set<String> named) {
        return first(sinks.stream().filter(named::contains).toList(), cursors);
    }

    private long first(Collection<String> of, Map<String, Long> cursors) {
        long first = end;
        for (String sink : of) {
            first = Math.min(first, cursors.getOrDefault(sink, end));
        }
        return first;
    }

    /**
     * How far sinks are with the rows of a route.
     *
     * @param bytes the length of the content of those that they are done with
     * @param from where the first of the others may begin
     */
    public record Done(long bytes, long from) {}
}

package dev.sluice.delivery.spool;

import dev.sluice.delivery.spool.RouteContents.Done;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Several requests on their way into the file together, and what will be in it then. Used once, by the writer's thread.
 */
final class SpoolTransaction {

    private final SpoolFile file;
    private final SpoolContents before;
    private final List<StoredBatch> appended = new ArrayList<>();
    private final List<Runnable> placements = new ArrayList<>();
    private final List<Runnable> completions = new ArrayList<>();
    private final List<Runnable> appendCompletions = new ArrayList<>();
    private final List<SpoolRequest> requests = new ArrayList<>();
    private final Map<String, Long> cursors;
    private final Map<Integer, RouteContents> routes;
    private final Amounts deadLetters;
    private final Amounts held;
    private final Apart apart;
    private Set<String> named;
    private Set<String> own;
    /** Where the queue ended when the spool was opened; of no account unless other sinks are declared. */
    private long since;

    private long end;
    private long appendedBytes;
    private boolean mixed;
    private boolean deleted;
    private @Nullable SpoolContents after;
    private boolean appendsRefused;

    SpoolTransaction(SpoolFile file, SpoolContents before) {
        this.file = file;
        this.before = before;
        this.cursors = new HashMap<>(before.cursors());
        this.routes = new HashMap<>(before.routes());
        this.deadLetters = new Amounts(before.deadLetters());
        this.held = new Amounts(before.held());
        this.apart = new Apart(before.apart());
        this.named = before.named();
        this.own = before.own();
        this.end = before.end();
        this.mixed = before.mixed();
    }

    void apply(SpoolRequest request) throws SQLException {
        requests.add(request);
        switch (request) {
            case SpoolRequest.Append append -> append(append);
            case SpoolRequest.Acknowledge acknowledge -> acknowledge(acknowledge);
            case SpoolRequest.LetGo letGo -> letGo(letGo);
            case SpoolRequest.Forget forget -> forget(forget);
            case SpoolRequest.RemoveDeadLetters remove -> remove(remove);
            case SpoolRequest.Declare declare -> declare(declare);
        }
    }

    private void append(SpoolRequest.Append append) throws SQLException {
        Routing routing = append.routing();
        if (routing.isApart()) {
            apart(routing);
        }
        if (!routing.own().equals(own)) {
            // It was given its way before the listener named others.
            apart.add(routing.own(), own, append.messages());
        }
        RouteContents route = routes.get(routing.row());
        if (route == null) {
            throw new IllegalArgumentException("there is no route " + routing.row());
        }
        StoredBatch batch = new StoredBatch(
                end, append.messages(), routing.row(), route.bytes(), append.receivedAt(), append.content());
        file.insert(batch);
        appended.add(batch);
        placements.add(() -> append.placed().accept(batch.position()));
        appendCompletions.add(() -> append.done().complete(batch.position()));
        RouteContents longer = route.with(batch);
        routes.put(routing.row(), Collections.disjoint(route.sinks(), named) ? longer.orphaned() : longer);
        end = batch.end();
        appendedBytes += append.content().length;
    }

    /** Rules have named sinks: perhaps for the first time, or such as wait for nothing since nobody declares them. */
    private void apart(Routing routing) throws SQLException {
        for (Map.Entry<Integer, Set<String>> route : routing.routes().entrySet()) {
            if (!routes.containsKey(route.getKey())) {
                file.putRoute(route.getKey(), route.getValue());
                routes.put(route.getKey(), RouteContents.empty(route.getValue()));
            }
            route.getValue().forEach(sink -> cursors.putIfAbsent(sink, end));
        }
        apart.add(routing.apart());
        mixed |= routing.isMixed();
    }

    private void declare(SpoolRequest.Declare declare) throws SQLException {
        since = declare.since();
        apart.add(own, declare.own(), end - since);
        named = declare.named();
        own = declare.own();
        named.forEach(sink -> cursors.putIfAbsent(sink, end));
        if (declare.number() != 0 && !routes.containsKey(declare.number())) {
            file.putRoute(declare.number(), own);
            routes.put(declare.number(), RouteContents.empty(own));
        }
        completions.add(() -> declare.done().complete(null));
    }

    private void acknowledge(SpoolRequest.Acknowledge acknowledge) throws SQLException {
        cursors.put(acknowledge.sink(), acknowledge.position());
        add(acknowledge.deadLetters());
        for (SpooledMessage message : acknowledge.held()) {
            held.add(acknowledge.sink(), 1, file.hold(acknowledge.sink(), message));
        }
        completions.add(() -> acknowledge.done().complete(null));
    }

    private void letGo(SpoolRequest.LetGo letGo) throws SQLException {
        for (SpooledMessage message : letGo.held()) {
            held.add(letGo.sink(), -1, file.letGo(letGo.sink(), message));
        }
        add(letGo.deadLetters());
        completions.add(() -> letGo.done().complete(null));
    }

    private void add(List<DeadLetter> letters) throws SQLException {
        for (DeadLetter letter : letters) {
            // There already, if a commit that was reported as failed took place after all.
            remove(letter);
            deadLetters.add(letter.sink(), 1, file.insert(letter));
        }
    }

    private void forget(SpoolRequest.Forget forget) throws SQLException {
        cursors.remove(forget.sink());
        file.removeCursor(forget.sink());
        file.letGo(forget.sink());
        held.remove(forget.sink());
        completions.add(() -> forget.done().complete(null));
    }

    private void remove(SpoolRequest.RemoveDeadLetters remove) throws SQLException {
        long removed = 0;
        for (DeadLetter letter : remove.letters()) {
            removed += remove(letter);
        }
        long count = removed;
        completions.add(() -> remove.done().complete(count));
    }

    private int remove(DeadLetter letter) throws SQLException {
        return deadLetters.add(letter.sink(), -1, file.remove(letter)) ? 1 : 0;
    }

    /**
     * Writes what else has to be, and forces all to disk. If that fails it may have taken place all the same, where
     * there is an {@link #after}.
     *
     * @param roomNeeded whether any row that all are done with is to be deleted, since the disk is full
     */
    void commit(DoneRows doneRows, boolean roomNeeded) throws SQLException {
        for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
            if (!cursor.getValue().equals(before.cursors().get(cursor.getKey()))) {
                file.putCursor(cursor.getKey(), cursor.getValue());
            }
        }
        if (!cursors.equals(before.cursors()) || !named.equals(before.named())) {
            for (Map.Entry<Integer, RouteContents> route : routes.entrySet()) {
                route.setValue(advanced(route.getKey(), route.getValue()));
            }
        }
        SpoolContents contents = new SpoolContents(
                end,
                named,
                own,
                Map.copyOf(cursors),
                Map.copyOf(routes),
                deadLetters.now(),
                held.now(),
                mixed,
                apart.now());
        deleted = doneRows.delete(file, contents, roomNeeded);
        if (!contents.equals(before)) {
            file.replaceEnd(before, contents);
        }
        after = contents;
        file.commit();
    }

    /**
     * Whether it took place, as the file says. What it appended is taken back where those who waited for that have been
     * refused meanwhile.
     */
    boolean isDone(SpoolFile open) throws SQLException {
        SpoolContents found = after;
        if (found == null || found.equals(before)) {
            return false;
        }
        SpoolContents kept = kept();
        if (open.holds(found)) {
            if (!kept.equals(found)) {
                open.takeBack(found, kept);
            }
            return true;
        }
        return !kept.equals(found) && !kept.equals(before) && open.holds(kept);
    }

    /** What is in the file then. */
    SpoolContents kept() {
        SpoolContents found = after == null ? before : after;
        if (!appendsRefused) {
            return found;
        }
        Apart kept = new Apart(before.apart()).add(before.own(), own, before.end() - since);
        return found.withoutAppended(before, kept.now());
    }

    /** Whether rows were deleted that all are done with. */
    boolean hasDeleted() {
        return deleted;
    }

    /**
     * One who waits for what was appended has been told that it was not: none of it counts, so the others come again.
     */
    void refuseAppends() {
        appendsRefused = true;
    }

    /** What is done if it took place. */
    List<SpoolRequest> requests() {
        return appendsRefused
                ? requests.stream()
                        .filter(request -> !(request instanceof SpoolRequest.Append))
                        .toList()
                : requests;
    }

    /** The route with what its sinks are done with by now. */
    private RouteContents advanced(int number, RouteContents route) throws SQLException {
        long first = route.first(cursors);
        long firstOfNamed = route.first(cursors, named);
        Done all = file.done(number, route, first, route.done());
        if (first == firstOfNamed) {
            return route.with(all, all);
        }
        // Other sinks may be named than those who were done with so much.
        long unchanged = named.equals(before.named()) ? route.doneByNamed() : route.done();
        return route.with(all, file.done(number, route, firstOfNamed, unchanged));
    }

    List<StoredBatch> appended() {
        return appendsRefused ? List.of() : appended;
    }

    long appendedBytes() {
        return appendsRefused ? 0 : appendedBytes;
    }

    /** Tells where appended messages stand. To be called once they are durable, before they can be read. */
    void place() {
        if (!appendsRefused) {
            placements.forEach(Runnable::run);
        }
    }

    /** Lets go of those who wait. */
    void complete() {
        completions.forEach(Runnable::run);
        if (!appendsRefused) {
            appendCompletions.forEach(Runnable::run);
        }
    }
}

package dev.sluice.delivery.spool;

import dev.sluice.delivery.spool.RouteContents.Done;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Several requests on their way into the file together, and what will be in it then. Used once, by the writer's thread. */
final class SpoolTransaction {

    private final SpoolFile file;
    private final SpoolContents before;
    private final List<StoredBatch> appended = new ArrayList<>();
    private final List<Runnable> placements = new ArrayList<>();
    private final List<Runnable> completions = new ArrayList<>();
    private final Map<String, Long> cursors;
    private final Map<Integer, RouteContents> routes;
    private final Amounts deadLetters;
    private final Amounts held;
    private long end;
    private long appendedBytes;

    SpoolTransaction(SpoolFile file, SpoolContents before) {
        this.file = file;
        this.before = before;
        this.cursors = new HashMap<>(before.cursors());
        this.routes = new HashMap<>(before.routes());
        this.deadLetters = new Amounts(before.deadLetters());
        this.held = new Amounts(before.held());
        this.end = before.end();
    }

    void apply(SpoolRequest request) throws SQLException {
        switch (request) {
            case SpoolRequest.Append append -> append(append);
            case SpoolRequest.Acknowledge acknowledge -> acknowledge(acknowledge);
            case SpoolRequest.LetGo letGo -> letGo(letGo);
            case SpoolRequest.Forget forget -> forget(forget);
            case SpoolRequest.RemoveDeadLetters remove -> remove(remove);
        }
    }

    private void append(SpoolRequest.Append append) throws SQLException {
        RouteContents route = routes.get(append.route());
        if (route == null) {
            throw new IllegalArgumentException("there is no route " + append.route());
        }
        StoredBatch batch = new StoredBatch(
                end, append.messages(), append.route(), route.bytes(), append.receivedAt(), append.content());
        file.insert(batch);
        appended.add(batch);
        placements.add(() -> append.placed().accept(batch.position()));
        completions.add(() -> append.done().complete(batch.position()));
        routes.put(append.route(), route.with(batch));
        end = batch.end();
        appendedBytes += append.content().length;
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

    /** Notes where sinks are now. What is returned is in the file once that has been committed. */
    SpoolContents contents() throws SQLException {
        for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
            if (!cursor.getValue().equals(before.cursors().get(cursor.getKey()))) {
                file.putCursor(cursor.getKey(), cursor.getValue());
            }
        }
        if (!cursors.equals(before.cursors())) {
            for (Map.Entry<Integer, RouteContents> route : routes.entrySet()) {
                route.setValue(advanced(route.getKey(), route.getValue()));
            }
        }
        SpoolContents after = new SpoolContents(
                end, before.named(), Map.copyOf(cursors), Map.copyOf(routes), deadLetters.now(), held.now());
        if (!after.equals(before)) {
            file.putEnd(after);
        }
        return after;
    }

    /** The route with what its sinks are done with by now. */
    private RouteContents advanced(int number, RouteContents route) throws SQLException {
        Set<String> named = before.named();
        long first = route.first(cursors);
        long firstOfNamed = route.first(cursors, named);
        Done all = done(number, route, first, route.done());
        return route.with(all, first == firstOfNamed ? all : done(number, route, firstOfNamed, route.doneByNamed()));
    }

    private Done done(int number, RouteContents route, long first, long unchanged) throws SQLException {
        if (first >= route.end()) {
            return new Done(route.bytes(), route.end());
        }
        return first <= route.from()
                ? new Done(unchanged, route.from())
                : file.done(number, route.from(), first, unchanged);
    }

    List<StoredBatch> appended() {
        return appended;
    }

    long appendedBytes() {
        return appendedBytes;
    }

    /** Tells where appended messages stand. To be called once they are durable, before they can be read. */
    void place() {
        placements.forEach(Runnable::run);
    }

    /** Lets go of those who wait. */
    void complete() {
        completions.forEach(Runnable::run);
    }

    /** By sink; copied once one of them changes. */
    private static final class Amounts {

        private Map<String, Amount> amounts;
        private boolean changed;

        Amounts(Map<String, Amount> amounts) {
            this.amounts = amounts;
        }

        /**
         * @param bytes of content; -1 if there is no change
         * @return whether there is one
         */
        boolean add(String sink, int messages, long bytes) {
            if (bytes < 0) {
                return false;
            }
            Amount amount = amounts.getOrDefault(sink, Amount.NONE).plus(messages, messages * bytes);
            put(sink, amount);
            return true;
        }

        void remove(String sink) {
            put(sink, Amount.NONE);
        }

        private void put(String sink, Amount amount) {
            if (!changed) {
                amounts = new HashMap<>(amounts);
                changed = true;
            }
            if (amount.messages() == 0) {
                amounts.remove(sink);
            } else {
                amounts.put(sink, amount);
            }
        }

        Map<String, Amount> now() {
            return changed ? Map.copyOf(amounts) : amounts;
        }
    }
}

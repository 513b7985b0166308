package dev.sluice.delivery.spool;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Several requests on their way into the file together, and what will be in it then. Used once, by the writer's thread. */
final class SpoolTransaction {

    private final SpoolFile file;
    private final SpoolContents before;
    private final List<StoredBatch> appended = new ArrayList<>();
    private final List<Runnable> completions = new ArrayList<>();
    private final List<Runnable> appendCompletions = new ArrayList<>();
    private final List<SpoolRequest> requests = new ArrayList<>();
    private final Map<String, Long> cursors;
    private long end;
    private long endBytes;
    private long deadLetters;
    private long deadLetterBytes;
    private long deletedTo;
    private @Nullable SpoolContents after;
    private boolean appendsRefused;

    SpoolTransaction(SpoolFile file, SpoolContents before) {
        this.file = file;
        this.before = before;
        this.cursors = new HashMap<>(before.cursors());
        this.end = before.end();
        this.endBytes = before.endBytes();
        this.deadLetters = before.deadLetters();
        this.deadLetterBytes = before.deadLetterBytes();
    }

    void apply(SpoolRequest request) throws SQLException {
        requests.add(request);
        switch (request) {
            case SpoolRequest.Append append -> append(append);
            case SpoolRequest.Acknowledge acknowledge -> acknowledge(acknowledge);
            case SpoolRequest.Forget forget -> {
                cursors.remove(forget.sink());
                file.removeCursor(forget.sink());
                completions.add(() -> forget.done().complete(null));
            }
            case SpoolRequest.RemoveDeadLetters remove -> remove(remove);
        }
    }

    private void append(SpoolRequest.Append append) throws SQLException {
        StoredBatch batch = new StoredBatch(end, append.messages(), endBytes, append.receivedAt(), append.content());
        file.insert(batch);
        appended.add(batch);
        appendCompletions.add(() -> append.done().complete(batch.position()));
        end = batch.end();
        endBytes += append.content().length;
    }

    private void acknowledge(SpoolRequest.Acknowledge acknowledge) throws SQLException {
        cursors.put(acknowledge.sink(), acknowledge.position());
        for (DeadLetter letter : acknowledge.deadLetters()) {
            // There already, if a commit that was reported as failed took place after all.
            remove(letter);
            deadLetters++;
            deadLetterBytes += file.insert(letter);
        }
        completions.add(() -> acknowledge.done().complete(null));
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
        long length = file.remove(letter);
        if (length < 0) {
            return 0;
        }
        deadLetters--;
        deadLetterBytes -= length;
        return 1;
    }

    /**
     * Writes what else has to be, and forces all to disk. If that fails it may have taken place all the same, where there is an
     * {@link #after}.
     *
     * @param deleteFrom when acknowledged content beyond this has come to {@code deleteBytes}, it is deleted
     */
    void commit(long deleteFrom, long deleteBytes) throws SQLException {
        for (Map.Entry<String, Long> cursor : cursors.entrySet()) {
            if (!cursor.getValue().equals(before.cursors().get(cursor.getKey()))) {
                file.putCursor(cursor.getKey(), cursor.getValue());
            }
        }
        long first = SpoolContents.first(cursors, end);
        long firstBytes = before.firstBytes();
        if (first >= end) {
            firstBytes = endBytes;
        } else if (first != before.first()) {
            firstBytes = file.bytesBefore(first, firstBytes);
        }
        if (firstBytes - deleteFrom >= deleteBytes) {
            file.deleteBefore(first);
            deletedTo = firstBytes;
        }
        SpoolContents contents =
                new SpoolContents(end, endBytes, Map.copyOf(cursors), firstBytes, deadLetters, deadLetterBytes);
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
        return appendsRefused
                ? new SpoolContents(
                        before.end(),
                        before.endBytes(),
                        found.cursors(),
                        Math.min(found.firstBytes(), before.endBytes()),
                        found.deadLetters(),
                        found.deadLetterBytes())
                : found;
    }

    /** The length of all content before the last that it deleted; 0 if none. */
    long deletedTo() {
        return deletedTo;
    }

    /** One who waits for what was appended has been told that it was not: none of it counts, so the others come again. */
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

    List<StoredBatch> appended() {
        return appendsRefused ? List.of() : appended;
    }

    /** Lets go of those who wait. */
    void complete() {
        completions.forEach(Runnable::run);
        if (!appendsRefused) {
            appendCompletions.forEach(Runnable::run);
        }
    }
}

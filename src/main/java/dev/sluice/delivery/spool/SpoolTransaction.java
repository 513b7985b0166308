package dev.sluice.delivery.spool;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Several requests on their way into the file together, and what will be in it then. Used once, by the writer's thread. */
final class SpoolTransaction {

    private final SpoolFile file;
    private final SpoolContents before;
    private final List<StoredBatch> appended = new ArrayList<>();
    private final List<Runnable> completions = new ArrayList<>();
    private final Map<String, Long> cursors;
    private long end;
    private long endBytes;
    private long deadLetters;
    private long deadLetterBytes;

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
        completions.add(() -> append.done().complete(batch.position()));
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
     * Forces all to disk.
     *
     * @param deleteFrom when acknowledged content beyond this has come to {@code deleteBytes}, it is deleted
     */
    SpoolContents commit(long deleteFrom, long deleteBytes) throws SQLException {
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
        }
        SpoolContents after =
                new SpoolContents(end, endBytes, Map.copyOf(cursors), firstBytes, deadLetters, deadLetterBytes);
        if (!after.equals(before)) {
            file.putEnd(after);
        }
        file.commit();
        return after;
    }

    List<StoredBatch> appended() {
        return appended;
    }

    /** Lets go of those who wait. */
    void complete() {
        completions.forEach(Runnable::run);
    }
}

package dev.sluice.sink.file;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Appends to files. A message is confirmed once its file is forced to the disk, which calls at the same time share.
 * Each file fails alone, and as a whole: messages of one stream that go to one file stand there in order and without a
 * gap.
 */
final class FileSink implements Sink {

    private static final int MOST_OPEN = 64;
    private static final Duration IDLE = Duration.ofMinutes(1);

    /** One forced write for all of them: about a mebibyte of short lines. */
    private static final int BATCH_SIZE = 10_000;

    private final FilePath path;
    private final OpenFiles files;
    private final @Nullable Housekeeping housekeeping;

    /**
     * @throws IllegalArgumentException if the path cannot be that of a file
     */
    FileSink(FileSinkProperties properties) {
        this(properties, MOST_OPEN, IDLE);
    }

    FileSink(FileSinkProperties properties, int mostOpen, Duration idle) {
        this.path = properties.template();
        RotationProperties rotate = properties.rotate();
        Housekeeping keeping = rotate == null ? null : new Housekeeping(rotate);
        this.housekeeping = keeping;
        LineFormat format = LineFormat.of(properties.format());
        this.files = new OpenFiles(
                file -> new AppendedFile(
                        Path.of(file),
                        format,
                        rotate == null || keeping == null ? null : new Rotation(rotate, keeping)),
                mostOpen,
                idle);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        String first = path.of(messages.getFirst());
        int same = 1;
        while (same < messages.size() && path.of(messages.get(same)).equals(first)) {
            same++;
        }
        if (same == messages.size()) {
            String problem = append(first, messages);
            return problem == null ? Confirmation.all() : Confirmation.none(messages.size(), Failure.passing(problem));
        }
        return sendApart(messages);
    }

    private Confirmation<Failure> sendApart(List<? extends Envelope> messages) throws InterruptedException {
        Map<String, List<Integer>> indexes = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            indexes.computeIfAbsent(path.of(messages.get(i)), _ -> new ArrayList<>())
                    .add(i);
        }
        Map<Integer, Failure> failures = new HashMap<>();
        for (Map.Entry<String, List<Integer>> entry : indexes.entrySet()) {
            List<Integer> ofFile = entry.getValue();
            String problem = append(
                    entry.getKey(), ofFile.stream().<Envelope>map(messages::get).toList());
            if (problem != null) {
                ofFile.forEach(index -> failures.put(index, Failure.passing(problem)));
            }
        }
        return Confirmation.allBut(failures);
    }

    private @Nullable String append(String path, List<? extends Envelope> messages) throws InterruptedException {
        AppendedFile file = files.use(path);
        try {
            return file.append(messages);
        } finally {
            files.release(path);
        }
    }

    @Override
    public int batchSize() {
        return BATCH_SIZE;
    }

    @Override
    public void close() {
        files.close();
        if (housekeeping != null) {
            housekeeping.close();
        }
    }
}

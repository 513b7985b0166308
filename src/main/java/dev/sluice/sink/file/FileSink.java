package dev.sluice.sink.file;

import dev.sluice.check.Check;
import dev.sluice.message.Envelope;
import dev.sluice.sink.Confirmation;
import dev.sluice.sink.Confirmation.Failure;
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
public final class FileSink implements Sink {

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
    public FileSink(String name, FileSinkProperties properties) {
        this(name, properties, MOST_OPEN, IDLE);
    }

    FileSink(String name, FileSinkProperties properties, int mostOpen, Duration idle) {
        properties.check(Check.of("sluice.sinks." + name + ".file"));
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
    public Confirmation send(List<? extends Envelope> messages) throws InterruptedException {
        String first = path.of(messages.getFirst());
        int same = 1;
        while (same < messages.size() && path.of(messages.get(same)).equals(first)) {
            same++;
        }
        if (same == messages.size()) {
            String problem = append(first, messages);
            return problem == null ? Confirmation.ALL : Confirmation.none(messages.size(), Failure.passing(problem));
        }
        return sendApart(messages);
    }

    private Confirmation sendApart(List<? extends Envelope> messages) throws InterruptedException {
        Map<String, List<Integer>> indexes = new LinkedHashMap<>();
        for (int i = 0; i < messages.size(); i++) {
            indexes.computeIfAbsent(path.of(messages.get(i)), _ -> new ArrayList<>())
                    .add(i);
        }
        Map<Integer, Failure> failures = new HashMap<>();
        for (Map.Entry<String, List<Integer>> entry : indexes.entrySet()) {
            List<Envelope> ofFile = new ArrayList<>(entry.getValue().size());
            entry.getValue().forEach(index -> ofFile.add(messages.get(index)));
            String problem = append(entry.getKey(), ofFile);
            if (problem != null) {
                entry.getValue().forEach(index -> failures.put(index, Failure.passing(problem)));
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

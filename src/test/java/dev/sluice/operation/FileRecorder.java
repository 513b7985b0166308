package dev.sluice.operation;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Follows the JSON lines that a file sink appends to. */
final class FileRecorder implements SinkRecorder {

    private static final Pattern LINE = Pattern.compile(".*\"id\":\"([^\"]+)\".*\"data\":\"(?:[^\"]* )?(\\d+-\\d+)\"}");

    private final Path file;
    private final Deliveries deliveries = new Deliveries();
    private final ByteArrayOutputStream cut = new ByteArrayOutputStream();
    private long position;
    private int torn;

    FileRecorder(Path file) {
        this.file = file;
    }

    @Override
    public String yaml() {
        return "sluice.sinks.recorder.file: { path: '" + file + "', format: json }";
    }

    @Override
    public Deliveries look() throws IOException {
        if (!Files.exists(file)) {
            return deliveries;
        }
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            in.seek(position);
            byte[] buffer = new byte[1 << 20];
            int read;
            while ((read = in.read(buffer)) > 0) {
                position += read;
                take(buffer, read);
            }
        }
        return deliveries;
    }

    private void take(byte[] buffer, int length) {
        int from = 0;
        for (int i = 0; i < length; i++) {
            if (buffer[i] == '\n') {
                cut.write(buffer, from, i - from);
                line(cut.toString(UTF_8));
                cut.reset();
                from = i + 1;
            }
        }
        cut.write(buffer, from, length - from);
    }

    private void line(String line) {
        Matcher matcher = LINE.matcher(line);
        if (matcher.matches()) {
            deliveries.add(matcher.group(1), matcher.group(2));
        } else {
            torn++;
        }
    }

    /** Lines that are none: each crash may have left the beginning of one. */
    int torn() {
        return torn;
    }

    @Override
    public void close() {}
}

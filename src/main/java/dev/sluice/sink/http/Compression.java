package dev.sluice.sink.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.zip.GZIPOutputStream;

/** Of the body of a request. */
public enum Compression {
    /** The body is sent as it is. */
    NONE,
    /** {@code Content-Encoding: gzip}. */
    GZIP;

    byte[] of(byte[] body) {
        return switch (this) {
            case NONE -> body;
            case GZIP -> {
                ByteArrayOutputStream out = new ByteArrayOutputStream(Math.max(32, body.length / 4));
                try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
                    gzip.write(body);
                } catch (IOException ex) {
                    throw new UncheckedIOException(ex); // Nothing of it leaves the memory.
                }
                yield out.toByteArray();
            }
        };
    }
}

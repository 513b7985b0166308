package dev.sluice.bench.study;

import java.io.IOException;
import java.time.Duration;

/** Waiting for what only looking again can tell. */
final class Pause {

    private Pause() {}

    static void of(Duration duration) throws IOException {
        try {
            Thread.sleep(duration);
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}

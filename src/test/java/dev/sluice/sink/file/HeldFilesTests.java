package dev.sluice.sink.file;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldFilesTests {

    @TempDir
    private Path folder;

    /** Most file systems give the number of a removed file to the next one that is made. */
    @Test
    void aFileThatTakesTheKeyOfARemovedOneIsNotTakenForIt() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Callable<Void>> all = new ArrayList<>();
            for (int t = 0; t < 4; t++) {
                Path own = folder.resolve("t" + t);
                all.add(() -> {
                    for (int i = 0; i < 2000; i++) {
                        Object key = HeldFiles.claim(own);
                        HeldFiles.release(key, () -> Files.delete(own));
                    }
                    return null;
                });
            }
            for (Future<Void> one : threads.invokeAll(all)) {
                one.get();
            }
        }
    }
}

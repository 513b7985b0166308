package dev.sluice.delivery;

import dev.sluice.delivery.spool.DirectoryLock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.springframework.util.FileSystemUtils;

/** A directory for each test, whose lock the test has. */
final class LockedDirectory implements BeforeEachCallback, AfterEachCallback {

    private @Nullable DirectoryLock lock;

    @Override
    public void beforeEach(ExtensionContext context) throws IOException {
        lock = DirectoryLock.take(Files.createTempDirectory("spools-"));
    }

    @Override
    public void afterEach(ExtensionContext context) throws IOException {
        lock().close();
        FileSystemUtils.deleteRecursively(path());
    }

    Path path() {
        return lock().directory();
    }

    DirectoryLock lock() {
        return Objects.requireNonNull(lock, "the test has not begun");
    }
}

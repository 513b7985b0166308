package dev.sluice.delivery.spool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One process at a time has a directory, whatever is done to the file that says so. */
@Timeout(60)
final class DirectoryLockTests {

    private static final String IN_USE =
            "is in use by process " + ProcessHandle.current().pid();

    @TempDir
    private Path directory;

    @Test
    void anotherProcessIsRefusedUntilItIsClosed() throws Exception {
        try (DirectoryLock _ = DirectoryLock.take(directory)) {
            assertThat(taken()).isEqualTo(IN_USE);
        }
        assertThat(taken()).isEqualTo("locked");
    }

    @Test
    void aSecondTakerInTheProcessIsRefusedAndOpensNoDoorToAnotherProcess() throws Exception {
        try (DirectoryLock lock = DirectoryLock.take(directory)) {
            assertThatThrownBy(() -> DirectoryLock.take(directory))
                    .isInstanceOf(DirectoryLock.InUseException.class)
                    .hasMessage(IN_USE);

            assertThat(taken()).isEqualTo(IN_USE);
            assertThat(lock.isHeld()).isTrue();
        }
    }

    @Test
    void aFileThatIsRemovedIsLockedAnew() throws Exception {
        try (DirectoryLock lock = DirectoryLock.take(directory)) {
            Files.delete(directory.resolve(".lock"));

            assertThat(lock.isHeld()).isTrue();

            assertThat(taken()).isEqualTo(IN_USE);
        }
        assertThat(taken()).isEqualTo("locked");
    }

    @Test
    void aFileThatIsReplacedIsLockedAnew() throws Exception {
        try (DirectoryLock lock = DirectoryLock.take(directory)) {
            Files.move(directory.resolve(".lock"), directory.resolve("elsewhere"));
            Files.createFile(directory.resolve(".lock"));

            assertThat(lock.isHeld()).isTrue();

            assertThat(taken()).isEqualTo(IN_USE);
        }
    }

    @Test
    void whoWasOvertakenHasItNoMoreUntilTheOtherEnds() throws Exception {
        try (DirectoryLock lock = DirectoryLock.take(directory)) {
            Files.delete(directory.resolve(".lock"));
            try (LockTaker other = new LockTaker(directory)) {
                assertThat(other.answer()).isEqualTo("locked");

                assertThat(lock.isHeld()).isFalse();

                assertThat(taken()).startsWith("is in use by process ");
            }
            assertThat(lock.isHeld()).isTrue();
        }
    }

    @Test
    void aDirectoryThatIsGoneIsNotHeld() throws Exception {
        Path inner = Files.createDirectory(directory.resolve("inner"));
        try (DirectoryLock lock = DirectoryLock.take(inner)) {
            Files.move(inner, directory.resolve("elsewhere"));

            assertThat(lock.isHeld()).isFalse();
            assertThat(inner).doesNotExist();
        }
    }

    private String taken() throws Exception {
        try (LockTaker other = new LockTaker(directory)) {
            return other.answer();
        }
    }
}

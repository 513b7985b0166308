package dev.sluice.sink.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** The locks of this process as Linux tells them: what another process that wants to write would meet. */
final class PosixLock {

    private PosixLock() {}

    static boolean isHeld(Path file) throws IOException {
        String holder = " " + ProcessHandle.current().pid() + " ";
        String inode = ":" + Files.getAttribute(file, "unix:ino") + " ";
        try (Stream<String> locks = Files.lines(Path.of("/proc/locks"))) {
            return locks.anyMatch(lock -> lock.contains("POSIX") && lock.contains(holder) && lock.contains(inode));
        }
    }
}

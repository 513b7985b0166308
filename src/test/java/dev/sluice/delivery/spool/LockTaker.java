package dev.sluice.delivery.spool;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Takes a directory, in a process of its own, and has it until its input ends. Says {@code locked}, or why not. */
final class LockTaker implements AutoCloseable {

    private final Process process;
    private final String answer;

    LockTaker(Path directory) throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-cp",
                        System.getProperty("java.class.path"),
                        LockTaker.class.getName(),
                        directory.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        answer = String.valueOf(process.inputReader(StandardCharsets.UTF_8).readLine());
    }

    String answer() {
        return answer;
    }

    @Override
    public void close() throws IOException, InterruptedException {
        process.getOutputStream().close();
        process.waitFor();
    }

    public static void main(String[] args) throws IOException {
        try (DirectoryLock _ = DirectoryLock.take(Path.of(args[0]))) {
            System.out.println("locked");
            System.in.read();
        } catch (DirectoryLock.InUseException ex) {
            System.out.println(ex.getMessage());
        }
    }
}

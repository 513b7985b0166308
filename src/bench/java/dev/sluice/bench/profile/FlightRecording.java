package dev.sluice.bench.profile;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A recording of another JVM, begun when that is warm and written before it is told to end: what it records is what was
 * measured.
 */
public final class FlightRecording {

    /**
     * For the JVM: frames that were inlined are told apart by where they are, and a stack through Spring's channels is
     * whole.
     */
    public static final List<String> FLAGS = List.of(
            "-XX:+UnlockDiagnosticVMOptions", "-XX:+DebugNonSafepoints", "-XX:FlightRecorderOptions=stackdepth=128");

    private static final String NAME = "name=bench";
    private static final int PATIENCE_SECONDS = 60;

    private final long pid;
    private final Path directory;

    public FlightRecording(long pid, Path directory) {
        this.pid = pid;
        this.directory = directory;
    }

    public void start() throws IOException {
        command(
                "JFR.start",
                NAME,
                // Other events cost what they measure, most of all those of sockets.
                "settings=none",
                "+jdk.CPUTimeSample#enabled=true",
                "+jdk.CPUTimeSample#throttle=2ms",
                "+jdk.CPUTimeSample#stackTrace=true",
                "+jdk.ExecutionSample#enabled=true",
                "+jdk.ExecutionSample#period=10ms",
                "+jdk.NativeMethodSample#enabled=true",
                "+jdk.NativeMethodSample#period=10ms");
    }

    /**
     * Ends it, and leaves three files whose names begin like that: the recording, a picture, a list.
     *
     * @param cpu that the process has used since the start
     */
    public void finish(String name, Duration cpu) throws IOException {
        Files.createDirectories(directory);
        Path recording = directory.resolve(name + ".jfr");
        command("JFR.stop", NAME, "filename=" + recording);
        Profile profile = Profile.read(recording);
        Files.writeString(directory.resolve(name + ".svg"), new FlameGraph(profile, name).svg());
        Files.writeString(directory.resolve(name + ".txt"), new HotFrames(profile).text(name, cpu));
    }

    private void command(String... words) throws IOException {
        var command = new ArrayList<String>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        command.add(String.valueOf(pid));
        command.addAll(List.of(words));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try {
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                process.destroyForcibly();
                throw new IOException("%s failed: %s".formatted(words[0], output.strip()));
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted", e);
        }
    }
}

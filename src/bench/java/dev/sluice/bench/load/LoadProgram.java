package dev.sluice.bench.load;

import dev.sluice.bench.wire.CipherWarmUp;
import java.io.IOException;
import java.time.Duration;

/**
 * The load program's process. Its argument names the load. It reads {@code PORT MILLIS} from standard input, answers
 * with a {@link LoadResult} on one line of JSON, and so on until the end of input. That it lives as long as the servers
 * means that it is equally warm for all of them.
 */
public final class LoadProgram {

    private LoadProgram() {}

    public static void main(String[] args) throws IOException {
        Load load = Load.named(args[0]);
        if (load.task().tls()) {
            CipherWarmUp.run();
        }
        Orders.answer(
                words -> load.run(Orders.server(words.getFirst()), Duration.ofMillis(Long.parseLong(words.getLast()))));
    }
}

package dev.sluice.sink.kafka;

import java.nio.file.Files;
import java.nio.file.Path;

/** A broker as a process, to be killed. Its argument is a file into which it writes where it is. */
final class BrokerProcess {

    private BrokerProcess() {}

    public static void main(String[] args) throws Exception {
        KafkaBroker broker = KafkaBroker.start();
        Path file = Path.of(args[0]);
        Files.writeString(file.resolveSibling(file.getFileName() + ".new"), broker.servers());
        Files.move(file.resolveSibling(file.getFileName() + ".new"), file);
        Thread.currentThread().join();
    }
}

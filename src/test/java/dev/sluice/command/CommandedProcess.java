package dev.sluice.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A process that has commands for devices, to be killed: it connects its devices, submits, and writes down what it was
 * told and what the devices got, so that files tell of it afterwards. Its arguments are the directory, how many devices
 * there are, the first command, and how many to submit; with none to submit it ends once all are over.
 */
final class CommandedProcess {

    private static final CommandTerms TERMS = new CommandTerms(Confirm.ANSWER, 65_536, false, Duration.ofSeconds(1));

    private CommandedProcess() {}

    /** Lines that are the kernel's once they are written, so that they outlive the process. */
    private record Notes(FileChannel channel) {

        static Notes open(Path file) throws IOException {
            return new Notes(FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND));
        }

        void add(String line) {
            try {
                channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            } catch (IOException ex) {
                throw new IllegalStateException(ex);
            }
        }
    }

    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        int devices = Integer.parseInt(args[1]);
        int first = Integer.parseInt(args[2]);
        int count = Integer.parseInt(args[3]);
        Notes received = Notes.open(directory.resolve("received"));
        Notes submitted = Notes.open(directory.resolve("submitted"));
        Notes ended = Notes.open(directory.resolve("ended"));
        Notes handed = Notes.open(directory.resolve("handed"));
        CommandWatch watch = new CommandWatch() {
            @Override
            public void ended(CommandState command) {
                ended.add(command.id() + " " + command.outcome());
            }
        };
        DeviceCommands commands = DeviceCommands.open(directory, CommandLimits.DEFAULT, watch);
        commands.outcomes(Map.of("meters", some -> {
            if (count > 0 && ThreadLocalRandom.current().nextInt(10) == 0) {
                return false;
            }
            some.forEach(command -> handed.add(command.id() + " " + command.outcome()));
            return true;
        }));
        AtomicBoolean told = new AtomicBoolean();
        List<AnsweringSocket> sockets = new ArrayList<>();
        for (int i = 0; i < devices; i++) {
            AnsweringSocket socket = new AnsweringSocket(commands, true, flight -> {
                received.add(flight.command() + " " + flight.attempt());
                double chance = ThreadLocalRandom.current().nextDouble();
                return chance < .02
                        ? AnsweringSocket.Answer.NOTHING
                        : chance < .05 ? AnsweringSocket.Answer.NO : AnsweringSocket.Answer.YES;
            });
            sockets.add(socket);
            commands.connected(device(i), socket, TERMS);
        }
        for (int i = first; i < first + count; i++) {
            String id = (i % 2 == 0 ? "once-" : "some-") + i;
            Mode mode = i % 2 == 0 ? Mode.AT_MOST_ONCE : Mode.AT_LEAST_ONCE;
            NewCommand command = new NewCommand(
                    device(i % devices),
                    id,
                    new byte[100],
                    mode,
                    5,
                    Duration.ofMinutes(10),
                    Confirm.ANSWER,
                    1000,
                    "meters");
            commands.submit(command).thenRun(() -> {
                submitted.add(id);
                if (told.compareAndSet(false, true)) {
                    System.out.println("submitted");
                }
            });
            if (i % 50 == 0) {
                Thread.sleep(5);
            }
        }
        while (count > 0 || commands.ledger().pending() > 0 || commands.outcomesWaiting() > 0) {
            Thread.sleep(50);
        }
        System.out.println(commands.ledger());
        commands.close();
    }

    private static Device device(int number) {
        return new Device("meters", "device-" + number);
    }
}

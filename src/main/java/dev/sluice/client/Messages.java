package dev.sluice.client;

import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FrameReader;
import dev.sluice.transport.framing.Framing;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be sent: the arguments, then the files, or else standard input.
 *
 * @param arguments one message each
 * @param files one message each
 * @param input standard input, if it is to be read
 * @param cutting how files and standard input become messages
 */
record Messages(List<byte[]> arguments, List<Path> files, Optional<InputStream> input, Cutting cutting) {

    /**
     * How files and standard input become messages.
     *
     * @param fileEnd what a file that is passed on as it is ends with; empty if a file is a message to be framed
     * @param standardInput how it is cut
     * @param maxSize the largest message that is held whole, in bytes
     */
    record Cutting(Optional<byte[]> fileEnd, Source standardInput, int maxSize) {}

    /** What standard input holds. */
    enum Source {
        /** Passed on as it comes; its lines are messages already. */
        PASSED_LINES,
        /** Passed on as it comes, without an end of its own. */
        PASSED,
        /** Each line is a message. */
        LINES,
        /** All of it is one message, unless it is empty. */
        WHOLE
    }

    /** Whether whoever writes standard input decides how long it takes. */
    boolean openEnded() {
        return input.isPresent();
    }

    void sendTo(MessageWriter out, Progress progress) throws IOException, ClientFailure {
        for (byte[] argument : arguments) {
            out.write(argument);
        }
        for (Path file : files) {
            send(file, out);
        }
        if (input.isPresent()) {
            send(new Input(progress.watch(input.get()), "Standard input"), out);
        }
    }

    private void send(Path file, MessageWriter out) throws IOException, ClientFailure {
        String name = "File '" + file + "'";
        try (Input in = new Input(Files.newInputStream(file), name)) {
            if (cutting.fileEnd.isPresent() && Files.size(file) > 0) {
                out.pass(in, cutting.fileEnd.get());
            } else {
                out.write(whole(in));
            }
        }
    }

    private void send(Input in, MessageWriter out) throws IOException, ClientFailure {
        switch (cutting.standardInput) {
            case PASSED_LINES -> out.pass(in, new byte[] {'\n'});
            case PASSED -> out.pass(in, new byte[0]);
            case LINES -> sendLines(in, out);
            case WHOLE -> {
                byte[] message = whole(in);
                if (message.length > 0) {
                    out.write(message);
                }
            }
        }
    }

    private void sendLines(Input in, MessageWriter out) throws IOException, ClientFailure {
        FrameReader lines = new FrameReader(new Framing.Line().newDecoder(cutting.maxSize));
        boolean more = true;
        while (more) {
            more = lines.read(in) >= 0;
            Result found = more ? lines.next() : lines.last();
            while (found == Result.FRAME) {
                out.write(lines.payload());
                found = lines.next();
            }
            if (found == Result.OVERSIZE) {
                throw tooLarge("A line of standard input");
            }
        }
    }

    private byte[] whole(Input in) throws IOException, ClientFailure {
        byte[] message = in.readNBytes(cutting.maxSize);
        if (in.read() >= 0) {
            throw tooLarge(in.name());
        }
        return message;
    }

    private ClientFailure tooLarge(String name) {
        return ClientFailure.usage(name + " has more than the " + cutting.maxSize
                + " bytes that one message may have. Send less, or give a larger --max-size if this is TCP.");
    }

    /** Finds out before anything is sent whether all files can be read. */
    void check() throws ClientFailure {
        for (Path file : files) {
            if (Files.isDirectory(file)) {
                throw ClientFailure.usage("--file: '" + file + "' cannot be read: it is a directory.");
            }
            if (!Files.isReadable(file)) {
                String reason = Files.exists(file) ? "permission denied" : "there is no such file";
                throw ClientFailure.usage("--file: '" + file + "' cannot be read: " + reason + ".");
            }
        }
    }
}

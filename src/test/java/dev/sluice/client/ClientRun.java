package dev.sluice.client;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** One run of the command in this process: its exit code and all that it printed. */
record ClientRun(int code, byte[] outBytes, String err) {

    static ClientRun client(String... args) {
        return client(new byte[0], args);
    }

    static ClientRun client(byte[] input, String... args) {
        return client(new ByteArrayInputStream(input), false, args);
    }

    static ClientRun client(InputStream input, boolean terminal, String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = new ClientCommand(new ClientStreams(input, out, err, terminal))
                .toCommandLine()
                .execute(args);
        return new ClientRun(code, out.toByteArray(), err.toString(StandardCharsets.UTF_8));
    }

    String out() {
        return new String(outBytes, StandardCharsets.UTF_8);
    }
}

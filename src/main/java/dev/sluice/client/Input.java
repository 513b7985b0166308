package dev.sluice.client;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A file or standard input; when it cannot be read, that is not taken for the peer's doing. */
final class Input extends FilterInputStream {

    private final String name;

    Input(InputStream in, String name) {
        super(in);
        this.name = name;
    }

    String name() {
        return name;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        try {
            return super.read(bytes, offset, length);
        } catch (IOException ex) {
            throw new UnreadableException(name + " cannot be read: " + ex.getMessage() + ".", ex);
        }
    }

    /** Says in its message what cannot be read, and why. */
    static final class UnreadableException extends IOException {
        private static final long serialVersionUID = 1;

        UnreadableException(String message, IOException cause) {
            super(message, cause);
        }
    }
}

package dev.sluice.command;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Where a device is connected, within a replica. There are millions, so that what differs is kept as bytes. */
final class Place {

    static final Place UNKNOWN = new Place("", "", "");

    private static final char END = '\n';

    private final String listener;
    /** The connection, its end, and the peer. */
    private final byte[] line;

    /**
     * @param listener its name, of which there should be one instance
     * @param connection its id
     * @param remote the peer's address and port
     */
    Place(String listener, String connection, String remote) {
        this.listener = listener;
        this.line = (connection + END + remote).getBytes(UTF_8);
    }

    String listener() {
        return listener;
    }

    String connection() {
        String text = new String(line, UTF_8);
        return text.substring(0, text.indexOf(END));
    }

    String remote() {
        String text = new String(line, UTF_8);
        return text.substring(text.indexOf(END) + 1);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Place place && listener.equals(place.listener) && Arrays.equals(line, place.line);
    }

    @Override
    public int hashCode() {
        return 31 * listener.hashCode() + Arrays.hashCode(line);
    }
}

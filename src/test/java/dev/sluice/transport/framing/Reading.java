package dev.sluice.transport.framing;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.stream.Collectors;

/**
 * What became of a stream.
 *
 * @param messages each payload with a character for a byte, so that two readings are compared and told apart easily
 * @param oversize frames that were larger than allowed
 * @param malformed 1 if the stream could not be framed any further
 * @param incomplete 1 if the end of the stream cut a frame short
 * @param messageAtEnd whether the bytes that the end of the stream left were a message
 */
record Reading(List<String> messages, int oversize, int malformed, int incomplete, boolean messageAtEnd) {

    static String message(byte[] payload) {
        return new String(payload, ISO_8859_1);
    }

    /** For {@code raw}, where messages are what the reads were. */
    Reading joined() {
        return new Reading(List.of(String.join("", messages)), oversize, malformed, incomplete, messageAtEnd);
    }

    @Override
    public String toString() {
        return messages.stream()
                .map(message -> EscapedBytes.format(message.getBytes(ISO_8859_1)))
                .collect(Collectors.joining(
                        "\n  ",
                        messages.size() + " messages:\n  ",
                        "\noversize " + oversize + ", malformed " + malformed + ", incomplete " + incomplete
                                + ", message at end " + messageAtEnd));
    }
}

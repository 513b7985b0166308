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
 * @param incomplete frames that were broken off for others, and 1 if the end of the stream cut one short
 * @param messageAtEnd whether the bytes that the end of the stream left were a message
 * @param passedOver bytes between frames that belong to none
 */
record Reading(
        List<String> messages, int oversize, int malformed, int incomplete, boolean messageAtEnd, int passedOver) {

    /** These messages, and nothing else. */
    static Reading of(List<String> messages) {
        return new Reading(messages, 0, 0, 0, false, 0);
    }

    static String message(byte[] payload) {
        return new String(payload, ISO_8859_1);
    }

    /** For {@code raw}, where messages are what the reads were. */
    Reading joined() {
        return new Reading(
                List.of(String.join("", messages)), oversize, malformed, incomplete, messageAtEnd, passedOver);
    }

    @Override
    public String toString() {
        return messages.stream()
                .map(message -> EscapedBytes.format(message.getBytes(ISO_8859_1)))
                .collect(Collectors.joining(
                        "\n  ",
                        messages.size() + " messages:\n  ",
                        "\noversize " + oversize + ", malformed " + malformed + ", incomplete " + incomplete
                                + ", message at end " + messageAtEnd + ", passed over " + passedOver));
    }
}

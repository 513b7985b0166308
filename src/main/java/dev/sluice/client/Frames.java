package dev.sluice.client;

import dev.sluice.client.Messages.Cutting;
import dev.sluice.client.Messages.Source;
import dev.sluice.transport.framing.Framing;
import java.util.Optional;

/**
 * How both sides mark where a message ends.
 *
 * @param name of the framing, as in the options
 * @param maxSize of an answer, in bytes
 */
record Frames(Framing framing, String name, int maxSize) {

    String maxSizeText() {
        return maxSize % 1024 == 0 ? maxSize / 1024 + "KB" : Exchange.count(maxSize, "byte");
    }

    /** Text comes in lines; what is binary, or may span lines, comes whole. */
    Cutting cutting() {
        return switch (framing) {
            case Framing.Line _ -> passing(new byte[] {'\n'}, Source.PASSED_LINES);
            case Framing.Crlf _ -> passing(new byte[] {'\r', '\n'}, Source.LINES);
            case Framing.UntilClose _, Framing.Raw _ -> passing(new byte[0], Source.PASSED);
            case Framing.Delimited _, Framing.OctetCounted _ -> framed(Source.LINES);
            case Framing.LengthPrefixed _, Framing.Varint _, Framing.Fixed _, Framing.Enclosed _ ->
                framed(Source.WHOLE);
            case Framing.Cobs _, Framing.Frames _ -> framed(Source.WHOLE);
        };
    }

    private Cutting passing(byte[] fileEnd, Source standardInput) {
        return new Cutting(Optional.of(fileEnd), standardInput, maxSize);
    }

    private Cutting framed(Source standardInput) {
        return new Cutting(Optional.empty(), standardInput, maxSize);
    }
}

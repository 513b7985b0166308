package dev.sluice.management;

import dev.sluice.listener.Listener;
import dev.sluice.pattern.Match;
import dev.sluice.pattern.Pattern;
import dev.sluice.transport.Connection;
import dev.sluice.transport.Expectation;
import dev.sluice.transport.framing.FrameBuffer;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.http.HttpStatus;

/**
 * What a call waits for, once it has sent.
 *
 * @param hex a pattern of bytes
 * @param text a pattern of text
 * @param timeout how long it waits
 * @param forward whether the answer goes its way all the same
 */
record Expected(
        @Nullable String hex,
        @Nullable String text,
        @Nullable Duration timeout,
        @Nullable Boolean forward) {

    private static final Duration USUAL = Duration.ofSeconds(10);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /**
     * What the peer said.
     *
     * @param hex all of it
     * @param text the same, if it is text in the listener's charset
     * @param fields what the pattern has found in it
     */
    record Answer(String hex, @Nullable String text, Map<String, String> fields) {}

    boolean isSaid() {
        return hex != null || text != null;
    }

    /**
     * Sends, and waits for the answer.
     *
     * @throws Refused if there is none, saying why
     */
    Answer exchange(Connection peer, Listener listener, Outgoing outgoing) {
        Duration patience = Objects.requireNonNullElse(timeout, USUAL);
        if (!patience.isPositive() || patience.compareTo(LONGEST) > 0) {
            throw Refused.badRequest("'timeout' must be more than 0 and 5m at the most");
        }
        if (hex != null && text != null) {
            throw Refused.badRequest("one of 'expect' and 'expect-text' is enough");
        }
        Pattern pattern;
        FrameBuffer frame;
        try {
            pattern = hex != null
                    ? Pattern.hex(hex)
                    : Pattern.text(
                            Objects.requireNonNull(text), listener.properties().charset());
            frame = outgoing.frame(listener, peer);
        } catch (IllegalArgumentException ex) {
            throw Refused.badRequest(ex.getMessage());
        }
        Expectation expectation = new Expectation(pattern, forward == null || forward);
        if (!peer.expect(expectation)) {
            throw Refused.conflict("too many calls wait for an answer of this peer, or its connection has ended");
        }
        try {
            if (!peer.send(frame, patience)) {
                throw Refused.conflict("the connection ended, or others were writing to it all the time");
            }
            byte[] answer = expectation.answer().get(patience.toNanos(), TimeUnit.NANOSECONDS);
            return describe(answer, pattern, listener);
        } catch (TimeoutException ex) {
            throw new Refused(
                    HttpStatus.GATEWAY_TIMEOUT,
                    "sent, but no answer that fits came within " + patience.toMillis() + " ms");
        } catch (ExecutionException ex) {
            throw Refused.conflict(NestedExceptionUtils.getMostSpecificCause(ex).getMessage());
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw Refused.unavailable("interrupted while it waited for the answer");
        } finally {
            peer.forget(expectation);
        }
    }

    private static @Nullable String text(byte[] answer, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(answer)).toString();
        } catch (CharacterCodingException ex) {
            return null;
        }
    }

    private static Answer describe(byte[] answer, Pattern pattern, Listener listener) {
        Map<String, String> fields = new LinkedHashMap<>();
        Match match = pattern.match(answer);
        for (int i = 0; match != null && i < pattern.names().size(); i++) {
            String value = match.text(i);
            if (value != null) {
                fields.put(pattern.names().get(i), value);
            }
        }
        return new Answer(
                HexFormat.of().formatHex(answer),
                text(answer, listener.properties().charset()),
                fields);
    }
}

package dev.sluice.listener;

import dev.sluice.handler.Handler;
import dev.sluice.handler.Handlers;
import dev.sluice.listener.configuration.ListenerProperties;
import dev.sluice.listener.configuration.ListenerProtocol;
import dev.sluice.listener.configuration.TriedListener;
import dev.sluice.message.Handling;
import dev.sluice.message.Origin;
import dev.sluice.message.Peer;
import dev.sluice.message.PeerHeaders;
import dev.sluice.message.ReceivedMessage;
import dev.sluice.pattern.Frames;
import dev.sluice.pattern.UnwritableException;
import dev.sluice.transport.Traffic;
import dev.sluice.transport.framing.FrameBuffer;
import dev.sluice.transport.framing.FrameDecoder.Result;
import dev.sluice.transport.framing.FrameReader;
import dev.sluice.transport.framing.Framing;
import dev.sluice.transport.framing.MutatedStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What devices have sent, mutated, through decoder and rules: nothing escapes, no frame with a wrong checksum comes to
 * a rule, and no more is held than a frame may have. A failure names its seed: {@code check(protocol, seed)} repeats
 * it.
 */
final class MutatedDevicesTests {

    private static final Path FOLDER = Path.of("src/test/resources/vectors");
    private static final int[] MAX_SIZES = {16, 100, 1000, 64 * 1024};
    private static final int MOST_BEYOND_MAX_SIZE = 64 * 1024;
    private static final int MOST_FRAMES = 4;

    /** Whether a frame that came to a rule has the checksum it should have, reckoned here. */
    private static final Map<String, Predicate<byte[]>> INTACT = Map.of(
            "gt06", frame -> hasNoChecksum(frame) || crc(0x8408, 0xFFFF, frame, 2, frame.length - 4) == gt06(frame),
            "teltonika",
                    frame -> frame[0] != 0
                            || frame[1] != 0
                            || crc(0xA001, 0, frame, 8, frame.length - 4) == u16(frame, frame.length - 2)
                                    && u16(frame, frame.length - 4) == 0,
            "jt808", frame -> frame[0] == '(' || xor(frame, 1, frame.length - 2) == (frame[frame.length - 2] & 0xFF),
            "astm", frame -> frame[0] != 2 || sum(frame, 1, frame.length - 4) == hex(frame, frame.length - 4));

    private record Protocol(
            ListenerProperties listener,
            Handler handler,
            @Nullable Predicate<byte[]> intact,
            List<byte[]> sent) {

        static Protocol of(String name) throws IOException {
            TriedListener tried = TriedListener.find(name, null);
            ListenerProperties listener = tried.listener();
            Frames frames = ListenerProtocol.frames(listener.framing());
            Handler own =
                    Handlers.handler(listener.reply(), listener.charset(), frames, _ -> _ -> null, _ -> _ -> null);
            Handler handler = Handlers.handler(
                    ListenerProtocol.rules(listener, tried.protocols()),
                    listener.identity(),
                    frames,
                    own,
                    new Traffic(),
                    _ -> _ -> null);
            List<byte[]> sent = new ArrayList<>();
            for (JsonNode vector : JsonMapper.shared().readTree(Files.readString(FOLDER.resolve(name + ".json")))) {
                for (JsonNode step : vector.path("steps")) {
                    sent.add(HexFormat.of().parseHex(step.path("send_hex").asString()));
                }
            }
            return new Protocol(listener, handler, INTACT.get(name), sent);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"gt06", "teltonika", "jt808", "hl7", "relp", "astm"})
    void twentyThousandOfEachProtocol(String protocol) throws Exception {
        check(protocol, 4_000);
    }

    @Tag("long")
    @ParameterizedTest
    @ValueSource(strings = {"gt06", "teltonika", "jt808", "hl7", "relp", "astm"})
    @Timeout(value = 30, unit = TimeUnit.MINUTES)
    void aMillionOfEachProtocol(String protocol) throws Exception {
        check(protocol, 1_000_000);
    }

    private static void check(String name, int seeds) throws IOException {
        Protocol protocol = Protocol.of(name);
        long ruled = 0;
        for (int seed = 0; seed < seeds; seed++) {
            try {
                ruled += new Stream(protocol, new Random(seed)).read();
            } catch (IOException | RuntimeException | Error ex) {
                throw new AssertionError(name + ", seed " + seed + ": " + ex, ex);
            }
        }
        if (ruled < seeds / 4) {
            throw new AssertionError("only " + ruled + " messages came to a rule");
        }
        System.out.println(name + ": of " + seeds + " mutated streams " + ruled + " messages came to the rules");
    }

    /** One connection of a device. */
    private static final class Stream implements Peer {

        private final Protocol protocol;
        private final Random random;
        private final Framing framing;
        private final FrameBuffer answers = new FrameBuffer();
        private Origin origin =
                new Origin("port", "1", "1", new InetSocketAddress(InetAddress.getLoopbackAddress(), 1));
        private @Nullable Object note;
        private boolean ended;

        Stream(Protocol protocol, Random random) {
            this.protocol = protocol;
            this.random = random;
            this.framing = protocol.listener.framing().toFraming();
        }

        /** Returns how many messages came to the rules. */
        int read() throws IOException {
            ByteArrayOutputStream frames = new ByteArrayOutputStream();
            for (int i = 1 + random.nextInt(MOST_FRAMES); i > 0; i--) {
                byte[] frame = protocol.sent.get(random.nextInt(protocol.sent.size()));
                frames.write(frame, 0, Math.min(frame.length, 4096));
            }
            ByteArrayInputStream in = new ByteArrayInputStream(MutatedStream.of(frames.toByteArray(), random));
            int maxSize = MAX_SIZES[random.nextInt(MAX_SIZES.length)];
            FrameReader reader = new FrameReader(framing.newDecoder(maxSize));
            // Long ones in reads that are not too many.
            int atOnce = Math.max(1 << random.nextInt(12), in.available() / 1000);
            int messages = 0;
            while (!ended && reader.read(in, atOnce) >= 0) {
                Result result = reader.next();
                while (result != Result.MORE) {
                    if (result == Result.MALFORMED) {
                        return messages;
                    }
                    if (result == Result.FRAME) {
                        handle(reader.payload(), maxSize, ++messages);
                    }
                    result = reader.next();
                }
                if (reader.unfinished() > maxSize + MOST_BEYOND_MAX_SIZE) {
                    throw new AssertionError("holds " + reader.unfinished() + " bytes for frames of " + maxSize);
                }
            }
            return messages;
        }

        private void handle(byte[] payload, int maxSize, int sequence) {
            if (payload.length > maxSize) {
                throw new AssertionError("a frame of " + payload.length + " bytes, of " + maxSize + " at the most");
            }
            if (protocol.intact != null && !protocol.intact.test(payload)) {
                throw new AssertionError(
                        "its checksum is wrong: " + HexFormat.of().formatHex(payload));
            }
            ReceivedMessage message = new ReceivedMessage(payload, new PeerHeaders(Map.of()), this, sequence, 0);
            try {
                byte[] reply = protocol.handler.handle(message);
                if (reply != null) {
                    message.reply(reply);
                }
            } catch (UnwritableException ex) {
                answerFailure(message);
            } catch (IllegalArgumentException ex) {
                // An identity that is too long, or an answer that the framing cannot carry: the message has failed.
                String problem = String.valueOf(ex.getMessage());
                if (!problem.startsWith("its identity would have") && !problem.startsWith("the payload holds")) {
                    throw ex;
                }
                answerFailure(message);
            }
            answers.truncate(0);
        }

        private void answerFailure(ReceivedMessage message) {
            try {
                byte[] answer = protocol.handler.failureAnswer(message, "wrong");
                if (answer != null) {
                    message.reply(answer);
                }
            } catch (UnwritableException | IllegalArgumentException _) {
                ended = true;
            }
        }

        @Override
        public Origin origin() {
            return origin;
        }

        @Override
        public Handling handling() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reply(byte[] payload) {
            framing.encode(payload, answers);
        }

        @Override
        public void fail() {}

        @Override
        public void end(End reason) {
            ended = true;
        }

        @Override
        public void quiet() {}

        @Override
        public @Nullable End identified(Origin identified) {
            origin = identified;
            return null;
        }

        @Override
        public @Nullable Object note() {
            return note;
        }

        @Override
        public void note(Object noted) {
            note = noted;
        }
    }

    private static int crc(int reflected, int init, byte[] bytes, int from, int to) {
        int crc = init;
        for (int i = from; i < to; i++) {
            crc ^= bytes[i] & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) == 0 ? crc >> 1 : crc >> 1 ^ reflected;
            }
        }
        return crc;
    }

    /** Of GT06: access points, and a heartbeat that is nothing else. */
    private static boolean hasNoChecksum(byte[] frame) {
        return frame[0] == 0x78
                && (frame[2] & 0xF0) == 0
                && (frame[3] == 0x17 || frame[3] == 0x69 || frame[2] == 1 && frame[3] == 8 && frame.length == 6);
    }

    /** As it comes out before its last inversion. */
    private static int gt06(byte[] frame) {
        return u16(frame, frame.length - 4) ^ 0xFFFF;
    }

    private static int u16(byte[] bytes, int at) {
        return (bytes[at] & 0xFF) << 8 | bytes[at + 1] & 0xFF;
    }

    private static int xor(byte[] bytes, int from, int to) {
        int xor = 0;
        for (int i = from; i < to; i++) {
            xor ^= bytes[i] & 0xFF;
        }
        return xor;
    }

    private static int sum(byte[] bytes, int from, int to) {
        int sum = 0;
        for (int i = from; i < to; i++) {
            sum += bytes[i] & 0xFF;
        }
        return sum & 0xFF;
    }

    private static int hex(byte[] bytes, int at) {
        return Character.digit(bytes[at], 16) << 4 | Character.digit(bytes[at + 1], 16);
    }
}

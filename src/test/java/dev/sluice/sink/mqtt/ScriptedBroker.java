package dev.sluice.sink.mqtt;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.sink.SocketServer;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Just enough of a broker to answer to messages of QoS 1 what a real one does only when it is in trouble. */
final class ScriptedBroker implements AutoCloseable {

    private static final int CONNECT = 1;
    private static final int PUBLISH = 3;
    private static final int PINGREQ = 12;

    private final SocketServer server;
    private final int receiveMaximum;
    private final Function<String, @Nullable Integer> answer;
    private final List<String> texts = new CopyOnWriteArrayList<>();

    /**
     * @param answer the reason code of the PUBACK to a payload; null for none
     */
    ScriptedBroker(int receiveMaximum, Function<String, @Nullable Integer> answer) throws IOException {
        this.receiveMaximum = receiveMaximum;
        this.answer = answer;
        this.server = new SocketServer(this::converse);
    }

    int port() {
        return server.port();
    }

    String url() {
        return "tcp://localhost:" + port();
    }

    int connections() {
        return server.connections();
    }

    /** How many messages so far. */
    int received() {
        return texts.size();
    }

    /** Their payloads. */
    List<String> texts() {
        return texts;
    }

    private void converse(InputStream stream, OutputStream out) throws IOException {
        DataInputStream in = new DataInputStream(stream);
        while (true) {
            int type = in.readUnsignedByte() >> 4;
            byte[] packet = in.readNBytes(varint(in));
            switch (type) {
                case CONNECT ->
                    out.write(new byte[] {
                        0x20, 10, 0, 0, 7, 0x21, (byte) (receiveMaximum >> 8), (byte) receiveMaximum, 0x12, 0, 1, 'x'
                    });
                case PUBLISH -> {
                    int id = 2 + (packet[0] << 8 | packet[1] & 0xFF);
                    int properties = packet[id + 2] & 0xFF;
                    // Of two bytes, little end first, with the uppermost bit of the first as a sign of that.
                    int payload = properties < 0x80
                            ? id + 3 + properties
                            : id + 4 + (properties & 0x7F) + (packet[id + 3] << 7);
                    String text = new String(packet, payload, packet.length - payload, UTF_8);
                    texts.add(text);
                    Integer code = answer.apply(text);
                    if (code != null) {
                        out.write(new byte[] {0x40, 4, packet[id], packet[id + 1], code.byteValue(), 0});
                    }
                }
                case PINGREQ -> out.write(new byte[] {(byte) 0xD0, 0});
                default -> {
                    return;
                }
            }
        }
    }

    private static int varint(DataInputStream in) throws IOException {
        int value = 0;
        for (int shift = 0; true; shift += 7) {
            int b = in.readUnsignedByte();
            value |= (b & 0x7F) << shift;
            if (b < 0x80) {
                return value;
            }
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}

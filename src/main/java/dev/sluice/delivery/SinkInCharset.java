package dev.sluice.delivery;

import dev.sluice.message.Confirmation;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.sink.Failure;
import dev.sluice.sink.Sink;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A sink that is told in which charset the messages of one listener are, since a sink may serve several. UTF-8 is what
 * sinks expect anyway, so that it costs nothing.
 */
record SinkInCharset(Sink sink, Charset charset) implements Sink {

    private record Message(Envelope message, Charset charset) implements Envelope {

        @Override
        public Origin origin() {
            return message.origin();
        }

        @Override
        public long sequence() {
            return message.sequence();
        }

        @Override
        public long receivedAt() {
            return message.receivedAt();
        }

        @Override
        public byte[] getPayload() {
            return message.getPayload();
        }
    }

    static Sink of(Sink sink, Charset charset) {
        return charset.equals(StandardCharsets.UTF_8) ? sink : new SinkInCharset(sink, charset);
    }

    @Override
    public Confirmation<Failure> send(List<? extends Envelope> messages) throws InterruptedException {
        List<Message> told = new ArrayList<>(messages.size());
        messages.forEach(message -> told.add(new Message(message, charset)));
        return sink.send(told);
    }

    @Override
    public int batchSize() {
        return sink.batchSize();
    }

    @Override
    public void close() {
        sink.close();
    }
}

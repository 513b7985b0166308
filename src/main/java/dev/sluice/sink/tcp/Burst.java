package dev.sluice.sink.tcp;

import dev.sluice.transport.framing.FrameBuffer;

/** Frames that are written together, and the messages that they carry. The server answers in their order. */
final class Burst {

    /** About so many bytes are written at a time. */
    private static final int MOST_WRITTEN = 256 * 1024;

    private final Dialogue dialogue;
    private final FrameBuffer frames = new FrameBuffer();
    private final int[] messages;
    private int count;
    private int answered;

    /**
     * @param messages how many there can be
     */
    Burst(Dialogue dialogue, int messages) {
        this.dialogue = dialogue;
        this.messages = new int[messages];
    }

    /**
     * @param message its index
     * @throws IllegalArgumentException if the framing cannot carry this payload
     */
    void add(int message, byte[] payload) {
        dialogue.encode(payload, frames);
        messages[count++] = message;
    }

    FrameBuffer frames() {
        return frames;
    }

    boolean isEmpty() {
        return count == 0;
    }

    /**
     * @param most messages
     */
    boolean isFull(int most) {
        return count >= most || frames.size() >= MOST_WRITTEN;
    }

    /** Returns whether there are messages that the server has not answered to. */
    boolean isOpen() {
        return answered < count;
    }

    /** Returns the message that the server answers to next. */
    int next() {
        return messages[answered];
    }

    /** The server has answered to the next one. */
    void advance() {
        answered++;
    }

    void clear() {
        frames.truncate(0);
        count = 0;
        answered = 0;
    }
}

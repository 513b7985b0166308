package dev.sluice.transport.udp;

import dev.sluice.message.Handling;
import dev.sluice.message.ReceivedMessage;

/** Of a listener whose channel does all by itself. */
final class Unhandled implements Handling {

    @Override
    public void handle(ReceivedMessage message) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void fail(ReceivedMessage message, Throwable cause) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void report(ReceivedMessage message, Throwable cause) {
        throw new UnsupportedOperationException();
    }
}

package dev.sluice.client;

import java.io.IOException;
import java.io.InputStream;

/** Takes messages to the peer. Used by the sender's thread. */
interface MessageWriter {

    /** One message. */
    void write(byte[] message) throws IOException, ClientFailure;

    /** Bytes that need no frame around them, or bring their frames along; read to the end. */
    void pass(InputStream in, byte[] end) throws IOException, ClientFailure;
}

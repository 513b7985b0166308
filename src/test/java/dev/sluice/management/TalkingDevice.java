package dev.sluice.management;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.RunningSluice;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.SocketException;

/** A device that says who it is, and speaks in lines. */
final class TalkingDevice implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader lines;

    private TalkingDevice(Socket socket) throws IOException {
        this.socket = socket;
        this.lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
    }

    /** One that a listener has welcomed. */
    static TalkingDevice at(RunningSluice sluice, String listener, String identity) throws IOException {
        TalkingDevice device = new TalkingDevice(sluice.connect(listener));
        device.say("login " + identity);
        // Nothing is said to it before its login is answered.
        assertThat(device.hears()).isEqualTo("welcome " + identity);
        return device;
    }

    void say(String line) throws IOException {
        socket.getOutputStream().write((line + "\n").getBytes(US_ASCII));
    }

    /** The next line; null once the service has ended the connection. */
    String hears() throws IOException {
        try {
            return lines.readLine();
        } catch (SocketException ex) {
            return null;
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

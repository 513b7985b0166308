package dev.sluice;

import dev.sluice.listener.Listener;
import dev.sluice.listener.Listeners;
import dev.sluice.transport.Traffic;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;

/** The whole service in this JVM, with the configuration that a test writes down, and real sockets to reach it by. */
public final class RunningSluice implements AutoCloseable {

    private static final int PATIENCE_MILLIS = 20_000;

    private final ConfigurableApplicationContext context;
    private final Path configuration;

    private RunningSluice(WebApplicationType type, String yaml, Class<?>... sources) {
        try {
            configuration = Files.writeString(Files.createTempFile("sluice", ".yml"), yaml);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        Class<?>[] all = Arrays.copyOf(sources, sources.length + 1);
        all[sources.length] = Application.class;
        context = new SpringApplicationBuilder(all)
                .web(type)
                .properties("server.port=0", "spring.main.register-shutdown-hook=false")
                .run("--spring.config.location=classpath:application.yml,file:" + configuration);
    }

    /** Without HTTP, which listeners do not need. */
    public static RunningSluice with(String yaml, Class<?>... beans) {
        return new RunningSluice(WebApplicationType.NONE, yaml, beans);
    }

    public static RunningSluice withManagement(String yaml) {
        return new RunningSluice(WebApplicationType.SERVLET, yaml);
    }

    /** Another content of the file, which nothing reads by itself. */
    public void rewrite(String yaml) {
        try {
            Files.writeString(configuration, yaml);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    public Listener listener(String name) {
        return context.getBean(Listeners.class).find(name).orElseThrow();
    }

    public Traffic traffic(String name) {
        return listener(name).transport().traffic();
    }

    public int port(String name) {
        return listener(name).transport().localAddress().orElseThrow().getPort();
    }

    public int httpPort() {
        return ((WebServerApplicationContext) context).getWebServer().getPort();
    }

    /** How many beans there are, whoever made them. */
    public int beans() {
        return context.getBeanFactory().getSingletonCount();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    /** A connection whose reads fail rather than hang. */
    public Socket connect(String name) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), port(name));
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }

    /** Sends, ends our side, and answers all that came back until the listener ended its. */
    public byte[] converse(String name, byte[] bytes) throws IOException {
        try (Socket socket = connect(name)) {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
            return socket.getInputStream().readAllBytes();
        }
    }

    public String converse(String name, String text) throws IOException {
        return new String(converse(name, text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    public void sendDatagram(DatagramSocket from, String name, byte[] payload) throws IOException {
        from.setSoTimeout(PATIENCE_MILLIS);
        from.send(new DatagramPacket(payload, payload.length, InetAddress.getLoopbackAddress(), port(name)));
    }

    public static byte[] receiveDatagram(DatagramSocket socket) throws IOException {
        DatagramPacket packet = new DatagramPacket(new byte[65_536], 65_536);
        socket.receive(packet);
        return Arrays.copyOf(packet.getData(), packet.getLength());
    }

    @Override
    public void close() {
        context.close();
        try {
            Files.deleteIfExists(configuration);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}

package dev.sluice.bench.flow;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.Executors;

/** One request a line, each stream on a connection of its own. */
final class HttpSender implements Sender {

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .executor(Executors.newVirtualThreadPerTaskExecutor())
            .build();
    private final HttpRequest.Builder template;

    HttpSender(String address) {
        template = HttpRequest.newBuilder(URI.create("http://" + address + "/"))
                .header("Content-Type", "application/octet-stream");
        ATTRIBUTES.forEach((name, value) -> template.header("ce-" + name, value));
    }

    @Override
    public void send(int stream, byte[] line) throws IOException, InterruptedException {
        HttpRequest request = template.copy()
                .POST(BodyPublishers.ofByteArray(Stamp.payload(line)))
                .build();
        int status = client.send(request, BodyHandlers.discarding()).statusCode();
        if (status != 204) {
            throw new IOException("The sink answered " + status);
        }
    }

    @Override
    public void close() {
        client.close();
    }
}

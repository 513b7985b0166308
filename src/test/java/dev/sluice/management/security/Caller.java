package dev.sluice.management.security;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.RunningSluice;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Base64;

/**
 * Somebody who calls the management port.
 *
 * @param authorization the header's value; none if empty
 */
record Caller(int port, String authorization) {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    record Answer(int status, HttpHeaders headers, String body) {

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    static Caller nobody(RunningSluice sluice) {
        return new Caller(sluice.httpPort(), "");
    }

    static Caller user(RunningSluice sluice, String nameAndPassword) {
        return new Caller(
                sluice.httpPort(), "Basic " + Base64.getEncoder().encodeToString(nameAndPassword.getBytes(UTF_8)));
    }

    static Caller bearer(RunningSluice sluice, String token) {
        return new Caller(sluice.httpPort(), "Bearer " + token);
    }

    Answer get(String path, String... headers) {
        return call("GET", path, "", headers);
    }

    /** With a body as JSON, unless the headers say something else. */
    Answer call(String method, String path, String body, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
                .header("Content-Type", "application/json")
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!authorization.isEmpty()) {
            request.header("Authorization", authorization);
        }
        for (int i = 0; i < headers.length; i += 2) {
            request.setHeader(headers[i], headers[i + 1]);
        }
        try {
            HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException | InterruptedException ex) {
            throw new IllegalStateException(method + " " + path, ex);
        }
    }
}

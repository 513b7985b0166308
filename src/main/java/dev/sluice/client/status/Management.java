package dev.sluice.client.status;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.sluice.client.ClientFailure;
import dev.sluice.client.TrustedAuthorities;
import dev.sluice.text.Causes;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The management endpoints of a service, somewhere. */
final class Management implements AutoCloseable {

    private static final Duration CONNECT = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(15);

    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int NOT_FOUND = 404;
    private static final int TOO_MANY = 429;
    /** What health is answered with while something is down. */
    private static final int UNAVAILABLE = 503;

    private static final JsonMapper JSON = new JsonMapper();

    private final HttpClient http;
    private final String url;
    private final String user;
    private final String authorization;

    private Management(HttpClient http, String url, String user, String password) {
        this.http = http;
        this.url = url;
        this.user = user;
        this.authorization = "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    }

    /**
     * @param url of the service, or of its endpoints if they lie elsewhere than below {@code /actuator}
     * @param authorities a PEM file to trust instead of the system's trust store
     */
    static Management at(URI url, String user, String password, Optional<Path> authorities) throws ClientFailure {
        HttpClient.Builder http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT);
        if (authorities.isPresent()) {
            http.sslContext(trusting(authorities.get()));
        }
        String path = url.getRawPath().replaceAll("/+$", "");
        String base = url.getScheme() + "://" + url.getRawAuthority() + (path.isEmpty() ? "/actuator" : path);
        return new Management(http.build(), base, user, password);
    }

    private static SSLContext trusting(Path authorities) throws ClientFailure {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, TrustedAuthorities.of(authorities), null);
            return context;
        } catch (IOException | GeneralSecurityException ex) {
            throw ClientFailure.usage("--cacert: '" + authorities + "' cannot be read as PEM certificates: "
                    + Causes.line(ex) + ". Name a file that has some.");
        }
    }

    String url() {
        return url;
    }

    /** Asks an endpoint that a service of any configuration has. */
    JsonNode get(String endpoint) throws ClientFailure, InterruptedException {
        HttpResponse<String> response = send(endpoint);
        return switch (response.statusCode()) {
            case OK, UNAVAILABLE -> parse(response.body(), endpoint);
            case NOT_FOUND ->
                throw ClientFailure.broken(url + "/" + endpoint
                        + ": not found. This is no Sluice, or its endpoints lie elsewhere: give their URL with the"
                        + " path.");
            case FORBIDDEN ->
                throw ClientFailure.broken(
                        url + "/" + endpoint + ": user '" + user + "' may not read it. Give the role 'viewer'.");
            default -> throw refused(response.statusCode(), endpoint);
        };
    }

    /** Asks an endpoint that may not be there, or not for this user. */
    Optional<JsonNode> find(String endpoint) throws ClientFailure, InterruptedException {
        HttpResponse<String> response = send(endpoint);
        return switch (response.statusCode()) {
            case OK -> Optional.of(parse(response.body(), endpoint));
            case NOT_FOUND, FORBIDDEN -> Optional.empty();
            default -> throw refused(response.statusCode(), endpoint);
        };
    }

    private ClientFailure refused(int status, String endpoint) {
        return switch (status) {
            case UNAUTHORIZED ->
                ClientFailure.broken(
                        url + ": user '" + user + "' or the password is wrong. Check --user and SLUICE_PASSWORD.");
            case TOO_MANY ->
                ClientFailure.broken(
                        url + ": too many wrong passwords from this address. Wait a minute, then give the right one.");
            default ->
                ClientFailure.broken(
                        url + "/" + endpoint + ": answered " + status + ". If this is a Sluice, its log says why.");
        };
    }

    private JsonNode parse(String body, String endpoint) throws ClientFailure {
        try {
            return JSON.readTree(body);
        } catch (JacksonException ex) {
            throw ClientFailure.broken(url + "/" + endpoint + ": the answer is not JSON, so this is no Sluice.");
        }
    }

    private HttpResponse<String> send(String endpoint) throws ClientFailure, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(url + "/" + endpoint))
                .header("Authorization", authorization)
                .header("Accept", "application/json")
                .timeout(ANSWER)
                .build();
        try {
            return http.send(request, BodyHandlers.ofString(UTF_8));
        } catch (IOException ex) {
            throw ClientFailure.broken(url + ": " + reason(ex));
        }
    }

    private static String reason(IOException ex) {
        if (Causes.has(ex, UnresolvedAddressException.class)) {
            return "unknown host: its name has no address.";
        }
        if (ex instanceof HttpTimeoutException) {
            return "timed out. The host is down, a firewall drops, or the service is stuck.";
        }
        if (ex instanceof ConnectException) {
            return "refused: nothing listens there. Start the service, or give the URL of its 'server.port'.";
        }
        if (Causes.has(ex, GeneralSecurityException.class) && ex instanceof SSLException) {
            return "its certificate is not trusted ("
                    + Causes.line(Causes.of(ex).getLast())
                    + "). Give its CA with --cacert FILE, and a name that the certificate holds.";
        }
        if (ex instanceof SSLException) {
            return "no TLS: " + Causes.line(ex) + ". If it speaks plain HTTP, write http://.";
        }
        return "broken off (" + Causes.line(ex) + "). If it speaks TLS, write https://.";
    }

    @Override
    public void close() {
        http.shutdownNow();
    }
}

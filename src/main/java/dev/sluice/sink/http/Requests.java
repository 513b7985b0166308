package dev.sluice.sink.http;

import dev.sluice.message.Envelope;
import dev.sluice.message.Trace;
import dev.sluice.sink.CloudEventAttributes;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Locale;
import java.util.Map;

/** What is sent: a CloudEvent in binary mode, whose body is the payload, or the body of a batch. */
final class Requests {

    static final String CLOUD_EVENTS = "ce-";

    private final String method;
    private final Compression compression;
    private final HttpRequest.Builder template;
    private final Headers headers;

    /**
     * @throws IllegalArgumentException if no request can be like that
     */
    Requests(HttpSinkProperties properties) {
        HttpBatchProperties batch = properties.batch();
        method = properties.method();
        compression = properties.compression();
        template = HttpRequest.newBuilder(uri(properties.url()))
                .timeout(properties.timeout())
                .header(
                        "Content-Type",
                        batch == null ? "application/octet-stream" : BatchBody.contentType(batch.format()));
        withMethod(template, method);
        headers = new Headers(properties.headers());
        headers.setConstant(template);
        if (compression == Compression.GZIP) {
            template.setHeader("Content-Encoding", "gzip");
        }
    }

    static URI uri(String url) {
        try {
            URI uri = new URI(url);
            String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
            if (!(scheme.equals("http") || scheme.equals("https")) || uri.getHost() == null) {
                throw new IllegalArgumentException(
                        "'" + url + "' is not a url of a web server, such as https://example.org/in");
            }
            if (uri.getPort() == 0 || uri.getPort() > 65_535) {
                throw new IllegalArgumentException("port " + uri.getPort() + " is not from 1 to 65535");
            }
            if (uri.getRawUserInfo() != null) {
                throw new IllegalArgumentException(
                        "a user and password in it are not sent. Write an 'authorization' under headers");
            }
            return uri;
        } catch (URISyntaxException ex) {
            throw new IllegalArgumentException("'" + url + "' is not a url: " + ex.getReason(), ex);
        }
    }

    static void withMethod(HttpRequest.Builder request, String method) {
        try {
            request.method(method, BodyPublishers.noBody());
        } catch (IllegalArgumentException ex) {
            throw new IllegalArgumentException("'" + method + "' is no method of a request; POST is usual", ex);
        }
    }

    /**
     * @throws IllegalArgumentException if there can be none for this message
     */
    HttpRequest request(Envelope message) {
        HttpRequest.Builder request = template.copy();
        for (Map.Entry<String, String> attribute :
                CloudEventAttributes.of(message).entrySet()) {
            request.setHeader(CLOUD_EVENTS + attribute.getKey(), PercentEncoding.encode(attribute.getValue()));
        }
        String traceparent = message.traceparent();
        if (traceparent != null) {
            request.setHeader(Trace.HEADER, traceparent);
        }
        headers.set(request, message);
        return withBody(request, message.getPayload());
    }

    HttpRequest batch(byte[] body) {
        return withBody(template.copy(), body);
    }

    private HttpRequest withBody(HttpRequest.Builder request, byte[] body) {
        return request.method(method, BodyPublishers.ofByteArray(compression.of(body)))
                .build();
    }
}

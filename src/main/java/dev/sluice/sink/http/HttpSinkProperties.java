package dev.sluice.sink.http;

import dev.sluice.check.Check;
import dev.sluice.sink.Sink;
import dev.sluice.sink.SinkDeclaration;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Requests to a web server, one a message, or one for many.
 *
 * @param url that is called
 * @param method of the request
 * @param headers that each request carries besides those of CloudEvents, as templates; values of a message are
 *     percent-encoded, but for printable ASCII without spaces, quotes and percent signs
 * @param timeout for the connection, and for a whole exchange
 * @param connections how many requests may be under way at once; messages of one stream follow one another all the same
 * @param sslBundle the name of a {@code spring.ssl.bundle} with the authorities to trust and the certificate to show;
 *     those of the Java runtime if absent
 * @param batch many messages in one request; one in each if absent
 * @param compression of the bodies of requests
 * @param allowLinkLocal whether the server may have a link-local address, where clouds keep their credentials
 */
public record HttpSinkProperties(
        String url,
        @DefaultValue("POST") String method,
        @DefaultValue Map<String, String> headers,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("16") int connections,
        @Nullable String sslBundle,
        @NestedConfigurationProperty @Nullable HttpBatchProperties batch,
        @DefaultValue("none") Compression compression,
        @DefaultValue("false") boolean allowLinkLocal)
        implements SinkDeclaration {

    @Override
    public void check(Check check) {
        if (check.present("url", url, "that of a web server, such as https://example.org/in")) {
            check.parsed("url", () -> Requests.uri(url));
        }
        check.parsed("method", () -> Requests.withMethod(HttpRequest.newBuilder(), method));
        headers.forEach(
                (name, value) -> check.parsed("headers." + name, () -> Headers.check(name, value, check::hasField)));
        check.that(connections >= 1, "connections", "must be at least 1");
        check.timeout(timeout);
        if (batch != null) {
            batch.check(check.at("batch"));
            Headers.ofMessages(headers)
                    .forEach(name -> check.report(
                            "headers." + name,
                            "is made of one message, and a batch has many. Leave out its placeholders"));
        }
    }

    @Override
    public Sink open(String name, BeanFactory beans) {
        return batch == null ? new HttpSink(name, this, beans) : new HttpBatchSink(name, this, batch, beans);
    }

    /** Without the values of the headers. */
    @Override
    public String toString() {
        return "HttpSinkProperties[url=" + url + ", method=" + method + ", headers=" + headers.keySet() + "]";
    }
}

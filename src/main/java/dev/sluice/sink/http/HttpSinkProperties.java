package dev.sluice.sink.http;

import java.time.Duration;
import java.util.Map;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Requests to a web server, one a message.
 *
 * @param url that is called
 * @param method of the request
 * @param headers that each request carries besides those of CloudEvents
 * @param timeout for the connection and for the answer
 * @param allowLinkLocal whether the server may have a link-local address, where clouds keep their credentials
 */
public record HttpSinkProperties(
        String url,
        @DefaultValue("POST") String method,
        @DefaultValue Map<String, String> headers,
        @DefaultValue("10s") Duration timeout,
        @DefaultValue("false") boolean allowLinkLocal) {}

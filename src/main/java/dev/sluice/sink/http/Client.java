package dev.sluice.sink.http;

import dev.sluice.check.CheckException;
import dev.sluice.sink.Replacements;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Redirect;
import java.net.http.HttpClient.Version;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.ssl.SslOptions;

/** The client that requests go out by, which another replaces whenever its certificates change. */
final class Client implements AutoCloseable {

    private final ExecutorService threads;
    private final Duration timeout;
    private final Replacements replacements;
    private @Nullable SslBundle bundle;
    private HttpClient current;
    private boolean closed;

    /**
     * @param sink its name
     * @throws IllegalArgumentException naming the key of a bundle that is not there
     */
    Client(String sink, HttpSinkProperties properties, BeanFactory beans) {
        timeout = properties.timeout();
        threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("http-sink-", 0).factory());
        String name = properties.sslBundle();
        replacements = new Replacements(sink);
        if (name == null) {
            current = client();
            return;
        }
        try {
            SslBundles bundles = beans.getBean(SslBundles.class);
            bundle = bundles.getBundle(name);
            current = client();
            bundles.addBundleUpdateHandler(name, this::replace);
        } catch (NoSuchSslBundleException | BeansException ex) {
            throw new CheckException(
                    "sluice.sinks." + sink + ".http.ssl-bundle",
                    "there is no bundle '" + name + "' under spring.ssl.bundle",
                    ex);
        }
    }

    private HttpClient client() {
        SslBundle trusted = bundle;
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(timeout)
                .executor(threads);
        if (trusted != null) {
            SslOptions options = trusted.getOptions();
            SSLParameters parameters = new SSLParameters();
            parameters.setCipherSuites(options.getCiphers());
            parameters.setProtocols(options.getEnabledProtocols());
            builder.sslContext(trusted.createSslContext()).sslParameters(parameters);
        }
        return builder.build();
    }

    private synchronized void replace(SslBundle renewed) {
        bundle = renewed;
        if (!closed) {
            // Lets requests under way come to their end.
            current.shutdown();
            current = client();
        }
    }

    /** One whose thread has ended, as by an error, would never send anything again. */
    synchronized HttpClient get() {
        if (current.isTerminated() && !closed) {
            replacements.tell("the HTTP client", "its thread has ended");
            current = client();
        }
        return current;
    }

    @Override
    public synchronized void close() {
        closed = true;
        current.shutdownNow();
        threads.shutdown();
    }
}

package dev.sluice.sink.http;

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
    private HttpClient current;
    private boolean closed;

    /**
     * @param key under which the sink is declared
     * @throws IllegalArgumentException naming the key of a bundle that is not there
     */
    Client(String key, HttpSinkProperties properties, BeanFactory beans) {
        timeout = properties.timeout();
        threads = Executors.newThreadPerTaskExecutor(
                Thread.ofVirtual().name("http-sink-", 0).factory());
        String name = properties.sslBundle();
        if (name == null) {
            current = client(null);
            return;
        }
        try {
            SslBundles bundles = beans.getBean(SslBundles.class);
            current = client(bundles.getBundle(name));
            bundles.addBundleUpdateHandler(name, this::replace);
        } catch (NoSuchSslBundleException | BeansException ex) {
            throw new IllegalArgumentException(
                    key + ".ssl-bundle: there is no bundle '" + name + "' under spring.ssl.bundle", ex);
        }
    }

    private HttpClient client(@Nullable SslBundle bundle) {
        HttpClient.Builder builder = HttpClient.newBuilder()
                .version(Version.HTTP_1_1)
                .followRedirects(Redirect.NEVER)
                .connectTimeout(timeout)
                .executor(threads);
        if (bundle != null) {
            SslOptions options = bundle.getOptions();
            SSLParameters parameters = new SSLParameters();
            parameters.setCipherSuites(options.getCiphers());
            parameters.setProtocols(options.getEnabledProtocols());
            builder.sslContext(bundle.createSslContext()).sslParameters(parameters);
        }
        return builder.build();
    }

    private synchronized void replace(SslBundle bundle) {
        if (!closed) {
            // Lets requests under way come to their end.
            current.shutdown();
            current = client(bundle);
        }
    }

    synchronized HttpClient get() {
        return current;
    }

    @Override
    public synchronized void close() {
        closed = true;
        current.shutdownNow();
        threads.shutdown();
    }
}

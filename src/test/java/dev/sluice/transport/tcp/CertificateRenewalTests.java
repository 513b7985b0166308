package dev.sluice.transport.tcp;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.sluice.RunningSluice;
import dev.sluice.TestAuthority;
import dev.sluice.transport.Reason;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Certificates that are renewed while peers come and go: none of them may notice. */
final class CertificateRenewalTests {

    private static final String[] NAMES = {"even", "odd"};
    private static final int KEPT = 20;
    private static final int AT_ONCE = 64;

    @TempDir
    private Path folder;

    private TestAuthority authority;
    private SSLContext trusting;
    private Path certificate;
    private Path key;
    private RunningSluice sluice;

    private final Semaphore places = new Semaphore(AT_ONCE);
    private final LongAdder served = new LongAdder();
    private final LongAdder failed = new LongAdder();
    private final AtomicReference<Exception> failure = new AtomicReference<>();
    private final AtomicReference<BigInteger> seen = new AtomicReference<>(BigInteger.ZERO);

    @BeforeEach
    void start() throws Exception {
        authority = TestAuthority.in(folder, "authority");
        for (String name : NAMES) {
            authority.issue(name, "CN=" + name);
        }
        trusting = authority.context();
        certificate = Files.copy(authority.certificateFile("even"), folder.resolve("edge.crt"));
        key = Files.copy(authority.keyFile("even"), folder.resolve("edge.key"));
        sluice = RunningSluice.with("""
            spring.ssl.bundle:
              watch.file.quiet-period: 50ms
              pem.edge: { reload-on-update: true, keystore: { certificate: "%s", private-key: "%s" } }
            sluice.listeners.secure:
              tcp: { address: 127.0.0.1, port: 0, tls.bundle: edge }
              timeouts.handshake: 1m
              reply.type: echo
            """.formatted(certificate, key));
    }

    @AfterEach
    void stop() {
        sluice.close();
    }

    @Test
    void aFewUnderConnections() throws Exception {
        renew(4, 50);
    }

    @Test
    @Tag("long")
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void aHundredUnderTwoHundredConnectionsASecond() throws Exception {
        renew(100, 200);
    }

    private void renew(int times, int connectionsPerSecond) throws Exception {
        List<SSLSocket> kept = new ArrayList<>();
        long begun = System.nanoTime();
        try (ExecutorService peers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int i = 0; i < KEPT; i++) {
                kept.add(connect(i));
                echo(kept.get(i));
            }
            Thread arrivals = Thread.ofVirtual().start(() -> arrive(peers, connectionsPerSecond));
            for (int i = 1; i <= times; i++) {
                String name = NAMES[i % NAMES.length];
                authority.install(name, certificate, key);
                BigInteger expected = authority.certificate(name).getSerialNumber();
                await().pollInterval(Duration.ofMillis(10))
                        .until(() -> seen.get().equals(expected));
            }
            for (SSLSocket socket : kept) {
                echo(socket);
            }
            arrivals.interrupt();
            arrivals.join();
        } finally {
            for (SSLSocket socket : kept) {
                socket.close();
            }
        }
        double seconds = (System.nanoTime() - begun) / 1e9;
        System.out.printf(
                "%d renewals under %.0f connections a second (%d in %.1f s, %d kept): %d failed%n",
                times, served.sum() / seconds, served.sum(), seconds, KEPT, failed.sum());
        assertThat(failure.get()).isNull();
        assertThat(failed.sum()).isZero();
        assertThat(served.sum()).isPositive();
        await().until(() -> sluice.listener("secure").transport().connections().isEmpty());
        for (Reason.Closed reason : Reason.Closed.values()) {
            assertThat(sluice.traffic("secure").closed(reason).sum())
                    .as(reason.text())
                    .isEqualTo(reason == Reason.Closed.PEER ? served.sum() + KEPT : 0);
        }
    }

    private void arrive(ExecutorService peers, int perSecond) {
        long pause = TimeUnit.SECONDS.toNanos(1) / perSecond;
        long next = System.nanoTime();
        for (int i = 0; !Thread.currentThread().isInterrupted(); i++) {
            int number = i;
            if (!places.tryAcquire()) {
                // A machine that is busy otherwise makes the rate lower, rather than handshakes wait beyond their
                // time-out.
                LockSupport.parkNanos(pause);
                next = System.nanoTime();
                continue;
            }
            peers.execute(() -> {
                try {
                    comeAndGo(number);
                } finally {
                    places.release();
                }
            });
            next += pause;
            LockSupport.parkNanos(Math.max(0, next - System.nanoTime()));
        }
    }

    private void comeAndGo(int number) {
        try (SSLSocket socket = connect(number)) {
            echo(socket);
            seen.set(((X509Certificate) socket.getSession().getPeerCertificates()[0]).getSerialNumber());
            served.increment();
        } catch (IOException | RuntimeException ex) {
            failed.increment();
            failure.compareAndSet(null, ex);
        }
    }

    /** Of both versions in turn, and all with the sessions of those before. */
    private SSLSocket connect(int number) throws IOException {
        SSLSocket socket = (SSLSocket) trusting.getSocketFactory()
                .createSocket(sluice.connect("secure"), "localhost", sluice.port("secure"), true);
        socket.setEnabledProtocols(new String[] {number % 2 == 0 ? "TLSv1.3" : "TLSv1.2"});
        return socket;
    }

    private static void echo(SSLSocket socket) throws IOException {
        byte[] line = "hello\n".getBytes(UTF_8);
        socket.getOutputStream().write(line);
        if (!new String(socket.getInputStream().readNBytes(line.length), UTF_8).equals("hello\n")) {
            throw new IOException("no echo");
        }
    }
}

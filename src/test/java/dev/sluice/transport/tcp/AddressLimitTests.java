package dev.sluice.transport.tcp;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class AddressLimitTests {

    private static final InetAddress ONE = InetAddress.ofLiteral("192.0.2.1");
    private static final InetAddress OTHER = InetAddress.ofLiteral("2001:db8::1");

    private final AddressLimit limit = new AddressLimit();

    @Test
    void countsEachAddressByItself() {
        assertThat(limit.tryAcquire(ONE, 3)).isTrue();
        assertThat(limit.tryAcquire(ONE, 3)).isTrue();
        assertThat(limit.tryAcquire(ONE, 3)).isTrue();
        assertThat(limit.tryAcquire(ONE, 3)).isFalse();
        assertThat(limit.tryAcquire(OTHER, 3)).isTrue();

        limit.release(ONE);

        assertThat(limit.tryAcquire(ONE, 3)).isTrue();
        assertThat(limit.tryAcquire(ONE, 3)).isFalse();
    }

    @Test
    void forgetsWhoHasNone() {
        for (int i = 0; i < 100_000; i++) {
            InetAddress address = InetAddress.ofLiteral("10." + (i >> 16) + "." + (i >> 8 & 0xFF) + "." + (i & 0xFF));
            assertThat(limit.tryAcquire(address, 3)).isTrue();
            limit.release(address);
        }

        assertThat(limit.size()).isZero();
    }

    @Test
    void isExactWhoeverComesAndGoesAtOnce() throws InterruptedException {
        AtomicInteger open = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofPlatform().start(() -> {
                for (int n = 0; n < 20_000; n++) {
                    if (limit.tryAcquire(ONE, 3)) {
                        most.accumulateAndGet(open.incrementAndGet(), Math::max);
                        Thread.yield();
                        open.decrementAndGet();
                        limit.release(ONE);
                    }
                }
            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(most.get()).isBetween(1, 3);
        assertThat(limit.size()).isZero();
    }
}

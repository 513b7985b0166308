package dev.sluice.transport.udp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.transport.Limits;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.unit.DataSize;

class SourceRatesTests {

    private static final long SECOND = Duration.ofSeconds(1).toNanos();

    private final long start = System.nanoTime() + SECOND;

    @Test
    void thereAreNoneWithoutALimit() {
        assertThat(SourceRates.of(limits(0, 0))).isNull();
    }

    @Test
    void eachAddressHasItsOwn() throws UnknownHostException {
        SourceRates rates = rates(3, 0);
        for (String address : new String[] {"192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2"}) {
            InetAddress source = InetAddress.getByName(address);
            for (int i = 0; i < 3; i++) {
                assertThat(rates.tryTake(source, 10, start)).isTrue();
            }
            assertThat(rates.tryTake(source, 10, start)).isFalse();
            assertThat(rates.tryTake(source, 10, start + SECOND / 3 + 1)).isTrue();
            assertThat(rates.tryTake(source, 10, start + SECOND / 3 + 1)).isFalse();
        }
    }

    @Test
    void bytesAreLimitedTooAndALargeDatagramIsPaidForAfterwards() throws UnknownHostException {
        SourceRates rates = rates(0, 1000);
        InetAddress source = InetAddress.getByName("192.0.2.1");
        assertThat(rates.tryTake(source, 600, start)).isTrue();
        assertThat(rates.tryTake(source, 600, start)).isFalse();
        assertThat(rates.tryTake(source, 400, start)).isTrue();
        assertThat(rates.tryTake(source, 5000, start + SECOND)).isTrue();
        assertThat(rates.tryTake(source, 1, start + 5 * SECOND)).isFalse();
        assertThat(rates.tryTake(source, 1, start + 6 * SECOND)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 16})
    void forgedAddressesTogetherGetNoMoreThanTheTableHasPlaces(int length) throws UnknownHostException {
        SourceRates rates = rates(1, 0);
        Random random = new Random(1);
        int taken = 0;
        for (int i = 0; i < 1_000_000; i++) {
            byte[] address = new byte[length];
            random.nextBytes(address);
            InetAddress source = InetAddress.getByAddress(address);
            if (rates.tryTake(source, 10, start)) {
                taken++;
            }
        }
        assertThat(taken).isLessThanOrEqualTo(SourceRates.PLACES);
    }

    @Test
    void anAddressThatIsHeardOftenKeepsItsPlaceAmongForgedOnes() throws UnknownHostException {
        SourceRates rates = rates(10, 0);
        InetAddress loud = InetAddress.getByName("192.0.2.1");
        Random random = new Random(2);
        int taken = 0;
        long now = start;
        for (int i = 0; i < 1_000_000; i++) {
            now += SECOND / 100_000;
            byte[] address = new byte[4];
            random.nextBytes(address);
            rates.tryTake(InetAddress.getByAddress(address), 10, now);
            if (i % 10 == 0 && rates.tryTake(loud, 10, now)) {
                taken++;
            }
        }
        assertThat(taken).as("of 100,000 in ten seconds").isBetween(100, 111);
    }

    private static SourceRates rates(int messages, int bytes) {
        SourceRates rates = SourceRates.of(limits(messages, bytes));
        assertThat(rates).isNotNull();
        return rates;
    }

    private static Limits limits(int messages, int bytes) {
        return new Limits(1, 0, 0, messages, DataSize.ofBytes(bytes));
    }
}

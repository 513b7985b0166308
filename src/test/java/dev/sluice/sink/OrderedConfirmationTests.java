package dev.sluice.sink;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class OrderedConfirmationTests {

    @Test
    void aDatagramIsHeldBehindAnotherOfItsSourceAlone() {
        OrderedConfirmation confirmation = new OrderedConfirmation();
        confirmation.add(WireMessage.datagram("192.0.2.1", 1, "bad"), Failure.passing("no"));

        assertThat(confirmation.holds(WireMessage.datagram("192.0.2.1", 2, "behind")))
                .isTrue();
        assertThat(confirmation.holds(WireMessage.datagram("192.0.2.2", 3, "other")))
                .isFalse();
    }
}

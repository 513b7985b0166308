package dev.sluice.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.List;
import org.junit.jupiter.api.Test;

final class OrderedConfirmationTests {

    @Test
    void aDatagramIsHeldBehindAnotherOfItsSourceAlone() {
        OrderedConfirmation confirmation = new OrderedConfirmation(List.of(
                WireMessage.datagram("192.0.2.1", 1, "bad"),
                WireMessage.datagram("192.0.2.1", 2, "behind"),
                WireMessage.datagram("192.0.2.2", 3, "other")));
        confirmation.settle(0, Failure.passing("no"));

        assertThat(confirmation.isDue(1)).isFalse();
        assertThat(confirmation.isDue(2)).isTrue();
    }

    @Test
    void aMessageBeforeOneThatFailedIsDueAllTheSame() {
        OrderedConfirmation confirmation = new OrderedConfirmation(WireMessage.of("before", "bad", "behind"));
        confirmation.settle(1, Failure.passing("no"));

        assertThat(confirmation.due()).containsExactly(0);
    }

    @Test
    void whatArrivedBehindAFailureComesAgain() {
        OrderedConfirmation confirmation = new OrderedConfirmation(WireMessage.of("bad", "behind", "worse"));
        confirmation.settle(0, Failure.passing("no"));
        confirmation.settle(1, null);
        confirmation.settle(2, Failure.poison("never"));

        assertThat(confirmation.confirmation().failures())
                .containsEntry(1, Failure.held("one before it in its stream failed: no"))
                .containsEntry(2, Failure.poison("never"));
    }

    @Test
    void nothingCountsAsConfirmedThatNobodySettled() {
        OrderedConfirmation confirmation = new OrderedConfirmation(WireMessage.of("a", "forgotten"));
        confirmation.settle(0, null);

        assertThatIllegalStateException()
                .isThrownBy(confirmation::confirmation)
                .withMessage("nothing became of message 1");
    }
}

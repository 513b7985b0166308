package dev.sluice.sink.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sink.OrderedConfirmation;
import dev.sluice.sink.WireMessage;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

final class ChannelEndTests {

    @Test
    void datagramsOfOtherSourcesGoByAnotherChannelWhereOneEndsOverADatagram() {
        List<WireMessage> messages = List.of(
                WireMessage.datagram("192.0.2.1", 1, "bad"),
                WireMessage.datagram("192.0.2.1", 2, "behind"),
                WireMessage.datagram("192.0.2.2", 3, "other"));
        SortedMap<Integer, Publication> publications = new TreeMap<>(Map.of(
                0, Publication.of(messages.get(0), "missing", "key"),
                1, Publication.of(messages.get(1), "there", "key"),
                2, Publication.of(messages.get(2), "there", "key")));
        OrderedConfirmation confirmation = new OrderedConfirmation(messages);

        new ChannelEnd("no exchange 'missing' in vhost '/'", null).settle(publications, confirmation);

        assertThat(confirmation.due()).containsExactly(2);
        confirmation.settle(2, null);
        assertThat(confirmation.confirmation().failures()).containsOnlyKeys(0, 1);
        assertThat(confirmation.confirmation().failures().get(0).held()).isFalse();
        assertThat(confirmation.confirmation().failures().get(1).held()).isTrue();
    }
}

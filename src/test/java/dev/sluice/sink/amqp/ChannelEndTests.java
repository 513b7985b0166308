package dev.sluice.sink.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.sink.Failure;
import dev.sluice.sink.WireMessage;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ChannelEndTests {

    @Test
    void datagramsOfOtherSourcesGoByAnotherChannelWhereOneEndsOverADatagram() {
        List<WireMessage> messages = List.of(
                WireMessage.datagram("192.0.2.1", 1, "bad"),
                WireMessage.datagram("192.0.2.1", 2, "behind"),
                WireMessage.datagram("192.0.2.2", 3, "other"));
        List<Publication> publications = List.of(
                Publication.of(messages.get(0), "missing", "key"),
                Publication.of(messages.get(1), "there", "key"),
                Publication.of(messages.get(2), "there", "key"));
        Map<Integer, Failure> failures = new HashMap<>();

        List<Integer> again = new ChannelEnd("no exchange 'missing' in vhost '/'", null)
                .settle(publications, List.of(0, 1, 2), messages, failures);

        assertThat(again).containsExactly(2);
        assertThat(failures).containsOnlyKeys(0);
    }
}

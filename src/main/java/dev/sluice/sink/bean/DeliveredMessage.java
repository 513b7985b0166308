package dev.sluice.sink.bean;

import dev.sluice.extension.SluiceHeaders;
import dev.sluice.message.Envelope;
import dev.sluice.message.Origin;
import dev.sluice.message.PeerHeaders;
import dev.sluice.sink.CloudEventAttributes;
import java.util.HashMap;
import java.util.Map;
import org.springframework.integration.ip.IpHeaders;
import org.springframework.messaging.Message;
import org.springframework.messaging.support.GenericMessage;

/**
 * A message as a bean gets it: with the headers that it had when it came, as far as they outlive its connection, and
 * the attributes of CloudEvents.
 */
final class DeliveredMessage {

    private static final String CLOUD_EVENTS = "ce-";

    private DeliveredMessage() {}

    static Message<byte[]> of(Envelope message) {
        Origin origin = message.origin();
        String address = origin.remoteAddress();
        Map<String, Object> headers = new HashMap<>();
        headers.put(SluiceHeaders.LISTENER, origin.listener());
        if (origin.identity() != null) {
            headers.put(SluiceHeaders.IDENTITY, origin.identity());
        }
        headers.put(IpHeaders.IP_ADDRESS, address);
        headers.put(IpHeaders.HOSTNAME, address);
        if (origin.lane().equals(origin.connection())) {
            headers.put(IpHeaders.CONNECTION_ID, origin.connection());
            headers.put(IpHeaders.REMOTE_PORT, origin.remote().getPort());
        } else {
            headers.put(IpHeaders.PORT, origin.remote().getPort());
            headers.put(IpHeaders.PACKET_ADDRESS, origin.remote());
        }
        CloudEventAttributes.of(message).forEach((name, value) -> headers.put(CLOUD_EVENTS + name, value));
        return new GenericMessage<>(message.getPayload(), new PeerHeaders(headers));
    }
}

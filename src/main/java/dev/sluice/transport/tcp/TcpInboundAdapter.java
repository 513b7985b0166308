package dev.sluice.transport.tcp;

import dev.sluice.message.ReceivedMessage;
import org.springframework.integration.ip.tcp.inbound.TcpReceivingChannelAdapter;
import org.springframework.messaging.Message;

/** Hands frames on to the listener's channel without the counter and the look-ups that the stock adapter does for each. */
final class TcpInboundAdapter extends TcpReceivingChannelAdapter {

    @Override
    public void onMessage(Message<?> message) {
        if (message instanceof ReceivedMessage) {
            getRequiredOutputChannel().send(message);
        }
    }
}

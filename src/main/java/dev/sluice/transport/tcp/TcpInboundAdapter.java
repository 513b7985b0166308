package dev.sluice.transport.tcp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Inlet;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.tcp.inbound.TcpReceivingChannelAdapter;

/**
 * Hands frames on to the listener's channel without the counter and the look-ups that the stock adapter does for each.
 */
final class TcpInboundAdapter extends TcpReceivingChannelAdapter implements Inlet {

    private final Runnable started;

    /**
     * @param started run once messages can be handed on
     */
    TcpInboundAdapter(Runnable started) {
        this.started = started;
    }

    @Override
    protected void doStart() {
        super.doStart();
        started.run();
    }

    @Override
    public @Nullable ReceivedMessage handOn(ReceivedMessage message) {
        return ((Inlet) getRequiredOutputChannel()).handOn(message);
    }
}

package dev.sluice.transport.udp;

import dev.sluice.message.ReceivedMessage;
import dev.sluice.transport.Inlet;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.integration.ip.udp.inbound.UnicastReceivingChannelAdapter;
import org.springframework.messaging.Message;

/**
 * Hands datagrams on to the listener's channel from threads of the receivers. Nothing of the stock adapter receives:
 * its queue has no end, its buffer cuts datagrams short, and it sends acknowledgements to whatever address a datagram
 * names.
 */
final class UdpInboundAdapter extends UnicastReceivingChannelAdapter implements Inlet {

    private List<DatagramReceiver> receivers = List.of();

    UdpInboundAdapter() {
        super(0);
    }

    /** Sets what the next start runs. */
    void setReceivers(List<DatagramReceiver> receivers) {
        this.receivers = receivers;
    }

    /** These receive from now on, if it has been started: those before them end by themselves. */
    void goOnBy(List<DatagramReceiver> others) {
        receivers = others;
        if (isRunning()) {
            startThreads();
        }
    }

    @Override
    public @Nullable ReceivedMessage handOn(ReceivedMessage message) {
        return ((Inlet) getRequiredOutputChannel()).handOn(message);
    }

    @Override
    protected void doStart() {
        startThreads();
    }

    private void startThreads() {
        for (DatagramReceiver receiver : receivers) {
            Thread.ofPlatform().daemon().name(getComponentName() + "-udp").start(receiver);
        }
    }

    @Override
    protected void doStop() {
        receivers.forEach(DatagramReceiver::close);
    }

    @Override
    protected void sendAck(Message<byte[]> message) {
        // Never: the address to send it to stands in the datagram, where anyone can write it.
    }
}

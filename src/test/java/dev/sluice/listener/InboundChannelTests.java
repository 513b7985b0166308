package dev.sluice.listener;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.messaging.Message;
import org.springframework.messaging.MessageChannel;
import org.springframework.messaging.support.ChannelInterceptor;
import org.springframework.messaging.support.GenericMessage;

final class InboundChannelTests {

    private final List<Object> seen = new ArrayList<>();
    private final List<Object> handled = new ArrayList<>();

    @Test
    void anInterceptorSeesAndStopsWhatItWantsToFromWhenItIsAddedUntilItIsRemoved() {
        InboundChannel channel = new InboundChannel();
        channel.setBeanFactory(new DefaultListableBeanFactory());
        channel.subscribe(message -> handled.add(message.getPayload()));
        ChannelInterceptor onlyEven = new ChannelInterceptor() {
            @Override
            public Message<?> preSend(Message<?> message, MessageChannel over) {
                seen.add(message.getPayload());
                return (int) message.getPayload() % 2 == 0 ? message : null;
            }
        };

        channel.send(new GenericMessage<>(1));
        channel.addInterceptor(onlyEven);
        channel.send(new GenericMessage<>(2));
        channel.send(new GenericMessage<>(3));
        channel.removeInterceptor(onlyEven);
        channel.send(new GenericMessage<>(5));

        assertThat(seen).containsExactly(2, 3);
        assertThat(handled).containsExactly(1, 2, 5);
    }
}

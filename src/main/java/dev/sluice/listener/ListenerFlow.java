package dev.sluice.listener;

import dev.sluice.transport.Transport;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.dsl.context.IntegrationFlowContext;
import org.springframework.integration.dsl.context.IntegrationFlowContext.IntegrationFlowRegistration;

/** Registers the line of one listener: inbound adapter, channel {@code <name>.inbound}, service activator. */
final class ListenerFlow {

    private ListenerFlow() {}

    /** The flow comes up stopped; its life is the listener's. */
    static IntegrationFlowRegistration register(String name, Transport transport, IntegrationFlowContext flows) {
        InboundChannel inbound = new InboundChannel();
        inbound.setBeanName(name + ".inbound");
        // Set before the flow is built, which would otherwise put a channel of its own and a bridge before this one.
        transport.adapter().setOutputChannel(inbound);
        IntegrationFlow flow = IntegrationFlow.from(transport.adapter())
                .handle(new InboundActivator(), endpoint -> endpoint.id(name + ".handler"))
                .get();
        return flows.registration(flow).id(name + ".flow").autoStartup(false).register();
    }
}

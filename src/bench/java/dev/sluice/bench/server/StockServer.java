package dev.sluice.bench.server;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.integration.config.EnableIntegration;
import org.springframework.integration.dsl.IntegrationFlow;
import org.springframework.integration.handler.AbstractReplyProducingMessageHandler;
import org.springframework.integration.ip.dsl.Tcp;
import org.springframework.integration.ip.dsl.TcpServerConnectionFactorySpec;
import org.springframework.integration.ip.tcp.TcpInboundGateway;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;
import org.springframework.messaging.Message;

/** Spring Integration as it comes: nothing set but address, port and framing. A gateway echoes, a receiving adapter counts. */
final class StockServer {

    private StockServer() {}

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Integration {}

    static String description(String kind) {
        return "Spring Integration %s, `%s`, `ByteArrayLfSerializer`"
                .formatted(TcpInboundGateway.class.getPackage().getImplementationVersion(), kind);
    }

    public static void main(String[] args) throws IOException {
        var program = new ServerProgram();
        var handled = new LongAdder();
        int port = Integer.parseInt(args[1]);
        TcpServerConnectionFactorySpec<?, ?> server =
                List.of(args).contains("nio") ? Tcp.nioServer(port) : Tcp.netServer(port);
        server.localAddress("127.0.0.1")
                .serializer(new ByteArrayLfSerializer())
                .deserializer(new ByteArrayLfSerializer());
        IntegrationFlow flow = Task.of(args[0]).reply() == Reply.ECHO
                ? IntegrationFlow.from(Tcp.inboundGateway(server))
                        .handle(new Echo(handled))
                        .get()
                : IntegrationFlow.from(Tcp.inboundAdapter(server))
                        .handle(message -> handled.increment())
                        .get();
        var context = new AnnotationConfigApplicationContext();
        context.register(Integration.class);
        context.registerBean("flow", IntegrationFlow.class, () -> flow);
        context.refresh();
        program.answer(handled::sum);
    }

    /** A handler without the reflection that a method of a bean would be called by. */
    private static final class Echo extends AbstractReplyProducingMessageHandler {

        private final LongAdder handled;

        private Echo(LongAdder handled) {
            this.handled = handled;
        }

        @Override
        protected Object handleRequestMessage(Message<?> request) {
            handled.increment();
            return request.getPayload();
        }
    }
}

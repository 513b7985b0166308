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
import org.springframework.integration.ip.dsl.TcpNetServerConnectionFactorySpec;
import org.springframework.integration.ip.dsl.TcpNioServerConnectionFactorySpec;
import org.springframework.integration.ip.dsl.TcpServerConnectionFactorySpec;
import org.springframework.integration.ip.tcp.TcpInboundGateway;
import org.springframework.integration.ip.tcp.connection.DefaultTcpNetSSLSocketFactorySupport;
import org.springframework.integration.ip.tcp.connection.DefaultTcpNioSSLConnectionSupport;
import org.springframework.integration.ip.tcp.serializer.AbstractByteArraySerializer;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLengthHeaderSerializer;
import org.springframework.integration.ip.tcp.serializer.ByteArrayLfSerializer;
import org.springframework.messaging.Message;

/**
 * Spring Integration as it comes: nothing set but address, port, framing and key. A gateway echoes, a receiving adapter
 * counts.
 */
final class StockServer {

    /** Of its deserializers, by default. */
    static final int LONGEST = 2048;

    private StockServer() {}

    @Configuration(proxyBeanMethods = false)
    @EnableIntegration
    static class Integration {}

    static boolean offers(Task task) {
        return task.isEchoOrNone() && task.messageBytes() <= LONGEST;
    }

    static String description(String kind) {
        return "Spring Integration %s, `%s`, `ByteArrayLfSerializer` or `ByteArrayLengthHeaderSerializer`"
                .formatted(TcpInboundGateway.class.getPackage().getImplementationVersion(), kind);
    }

    public static void main(String[] args) throws IOException {
        var program = new ServerProgram();
        var handled = new LongAdder();
        Task task = Task.of(args[0]);
        int port = Integer.parseInt(args[1]);
        AbstractByteArraySerializer framing = task.framing() == Framing.LINE
                ? new ByteArrayLfSerializer()
                : new ByteArrayLengthHeaderSerializer(Framing.HEADER);
        TcpServerConnectionFactorySpec<?, ?> server = (List.of(args).contains("nio")
                        ? nio(port, task.tls())
                        : net(port, task.tls()))
                .localAddress("127.0.0.1")
                .serializer(framing)
                .deserializer(framing);
        IntegrationFlow flow = task.reply() == Reply.ECHO
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

    private static TcpServerConnectionFactorySpec<?, ?> net(int port, boolean tls) {
        TcpNetServerConnectionFactorySpec server = Tcp.netServer(port);
        return tls
                ? server.socketFactorySupport(new DefaultTcpNetSSLSocketFactorySupport(
                        () -> OwnServer.tls().server()))
                : server;
    }

    private static TcpServerConnectionFactorySpec<?, ?> nio(int port, boolean tls) {
        TcpNioServerConnectionFactorySpec server = Tcp.nioServer(port);
        return tls
                ? server.connectionSupport(new DefaultTcpNioSSLConnectionSupport(
                        () -> OwnServer.tls().server()))
                : server;
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

package dev.sluice.bench.server;

import io.netty.util.Version;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.netty.NettyComponent;
import org.apache.camel.impl.DefaultCamelContext;

/**
 * Camel's Netty component as it comes, with its {@code textline} codec: a route that answers with what it was sent, or
 * counts.
 */
final class CamelServer {

    /** Of its codec, LF included, by default. */
    static final int LONGEST = 1024;

    private CamelServer() {}

    static String description() {
        return "Camel %s on Netty %s, `netty:tcp`, `textline`"
                .formatted(
                        NettyComponent.class.getPackage().getImplementationVersion(),
                        Version.identify().get("netty-transport").artifactVersion());
    }

    public static void main(String[] args) throws Exception {
        var program = new ServerProgram();
        var handled = new LongAdder();
        boolean echo = Task.of(args[0]).reply() == Reply.ECHO;
        var context = new DefaultCamelContext();
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                // What a route leaves in the message is the answer.
                from("netty:tcp://127.0.0.1:%s?textline=true&sync=%s".formatted(args[1], echo))
                        .process(exchange -> handled.increment());
            }
        });
        context.start();
        program.answer(handled::sum);
    }
}

package dev.sluice.bench.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.util.Version;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/** Bare Netty on epoll: its line decoder, and a handler that writes each line back, LF and all, and flushes when a read has been dealt with. */
final class NettyServer {

    private static final int MAX_LINE = 64 * 1024;

    private NettyServer() {}

    static String description() {
        return "Netty "
                + Version.identify().get("netty-transport-classes-epoll").artifactVersion()
                + ", epoll, `LineBasedFrameDecoder`";
    }

    public static void main(String[] args) throws IOException {
        var program = new ServerProgram();
        boolean echo = Task.of(args[0]).reply() == Reply.ECHO;
        var handled = new LongAdder();
        new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory()))
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new LineBasedFrameDecoder(MAX_LINE, false, false),
                                        new LineHandler(echo, handled));
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(args[1]))
                .syncUninterruptibly();
        program.answer(handled::sum);
    }

    private static final class LineHandler extends ChannelInboundHandlerAdapter {

        private final boolean echo;
        private final LongAdder handled;
        private int unaccounted;

        private LineHandler(boolean echo, LongAdder handled) {
            this.echo = echo;
            this.handled = handled;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object line) {
            unaccounted++;
            if (echo) {
                context.write(line, context.voidPromise());
            } else {
                ((ByteBuf) line).release();
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            handled.add(unaccounted);
            unaccounted = 0;
            if (echo) {
                context.flush();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            cause.printStackTrace();
            context.close();
        }
    }
}

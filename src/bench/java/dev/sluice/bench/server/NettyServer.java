package dev.sluice.bench.server;

import dev.sluice.bench.wire.Tls;
import dev.sluice.bench.wire.Tracker;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.Version;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;

/**
 * Bare Netty on epoll: its decoders, and a handler that writes each message back and flushes when a read has been dealt
 * with.
 */
final class NettyServer {

    private static final int LONGEST = 64 * 1024;

    private NettyServer() {}

    static String description() {
        return "Netty "
                + Version.identify().get("netty-transport-classes-epoll").artifactVersion()
                + ", epoll, `LineBasedFrameDecoder` or `LengthFieldBasedFrameDecoder`, the JDK's TLS engine";
    }

    public static void main(String[] args) throws IOException {
        var program = new ServerProgram();
        Task task = Task.of(args[0]);
        SslContext tls = task.tls() ? tls() : null;
        var handled = new LongAdder();
        new ServerBootstrap()
                .group(new MultiThreadIoEventLoopGroup(EpollIoHandler.newFactory()))
                .channel(EpollServerSocketChannel.class)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (tls != null) {
                            channel.pipeline().addLast(tls.newHandler(channel.alloc()));
                        }
                        channel.pipeline()
                                .addLast(
                                        decoder(task.framing()),
                                        task.framing() == Framing.TRACKER
                                                ? new TrackerHandler(handled)
                                                : new MessageHandler(task.reply() == Reply.ECHO, handled));
                    }
                })
                .bind("127.0.0.1", Integer.parseInt(args[1]))
                .syncUninterruptibly();
        program.answer(handled::sum);
    }

    /** Each hands on a message with its LF or its header, ready to be sent back. */
    private static ByteToMessageDecoder decoder(Framing framing) {
        return switch (framing) {
            case LINE -> new LineBasedFrameDecoder(LONGEST, false, false);
            case LENGTH -> new LengthFieldBasedFrameDecoder(LONGEST, 0, Framing.HEADER);
            case TRACKER -> new LengthFieldBasedFrameDecoder(LONGEST, 2, 1, 2, 0);
        };
    }

    private static SslContext tls() throws IOException {
        Tls tls = OwnServer.tls();
        return SslContextBuilder.forServer(
                        tls.certificate().toFile(), tls.privateKey().toFile())
                .sslProvider(SslProvider.JDK)
                .build();
    }

    /** Checks the checksum, and makes the answer anew. */
    private static final class TrackerHandler extends ChannelInboundHandlerAdapter {

        private final LongAdder handled;
        private int unaccounted;

        private TrackerHandler(LongAdder handled) {
            this.handled = handled;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            unaccounted++;
            ByteBuf buffer = (ByteBuf) message;
            byte[] frame = new byte[buffer.readableBytes()];
            buffer.readBytes(frame).release();
            int end = frame.length - 4;
            if (Tracker.crc(frame, end) == ((frame[end] & 0xFF) << 8 | frame[end + 1] & 0xFF)) {
                byte[] answer = new byte[frame.length];
                System.arraycopy(frame, 0, answer, 0, end);
                Tracker.seal(answer);
                context.write(Unpooled.wrappedBuffer(answer), context.voidPromise());
            }
        }

        @Override
        public void channelReadComplete(ChannelHandlerContext context) {
            handled.add(unaccounted);
            unaccounted = 0;
            context.flush();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            cause.printStackTrace();
            context.close();
        }
    }

    private static final class MessageHandler extends ChannelInboundHandlerAdapter {

        private final boolean echo;
        private final LongAdder handled;
        private int unaccounted;

        private MessageHandler(boolean echo, LongAdder handled) {
            this.echo = echo;
            this.handled = handled;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            unaccounted++;
            if (echo) {
                context.write(message, context.voidPromise());
            } else {
                ((ByteBuf) message).release();
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

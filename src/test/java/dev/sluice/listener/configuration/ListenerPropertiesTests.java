package dev.sluice.listener.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.delivery.DeliveryProperties;
import dev.sluice.handler.ReplyProperties;
import dev.sluice.transport.Access;
import dev.sluice.transport.Cidr;
import dev.sluice.transport.IdentityProperties;
import dev.sluice.transport.Limits;
import dev.sluice.transport.PollsProperties;
import dev.sluice.transport.TapMode;
import dev.sluice.transport.Timeouts;
import dev.sluice.transport.framing.FramingProperties;
import dev.sluice.transport.framing.FramingProperties.OnMismatch;
import dev.sluice.transport.framing.FramingProperties.OnOversize;
import dev.sluice.transport.framing.FramingProperties.Order;
import dev.sluice.transport.framing.FramingProperties.Type;
import dev.sluice.transport.tcp.ProxyProtocolProperties;
import dev.sluice.transport.tcp.TcpProperties;
import dev.sluice.transport.tcp.TlsProperties;
import dev.sluice.transport.udp.UdpProperties;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.core.env.PropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.util.unit.DataSize;

/** Every key of a listener, and what it is when nobody says anything. */
final class ListenerPropertiesTests {

    private static final IdentityProperties IDENTITY =
            new IdentityProperties(false, null, IdentityProperties.Twice.ALLOW, null, 1, null, null);

    private static final PollsProperties POLLS =
            new PollsProperties(Duration.ofSeconds(5), Duration.ofSeconds(5), List.of(), List.of());

    @Test
    void defaults() throws IOException {
        ListenerProperties listener = bind("tcp: { port: 8888 }");

        assertThat(listener)
                .isEqualTo(new ListenerProperties(
                        true,
                        new TcpProperties(
                                "0.0.0.0",
                                8888,
                                128,
                                null,
                                true,
                                true,
                                null,
                                null,
                                new ProxyProtocolProperties(ProxyProtocolProperties.Mode.OFF, List.of()),
                                null,
                                List.of(),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(1)),
                        null,
                        new FramingProperties(
                                Type.LINE,
                                DataSize.ofKilobytes(64),
                                OnOversize.CLOSE,
                                null,
                                4,
                                Order.BIG,
                                false,
                                null,
                                List.of(),
                                null,
                                OnMismatch.DROP,
                                Map.of(),
                                ""),
                        StandardCharsets.UTF_8,
                        null,
                        List.of(),
                        IDENTITY,
                        POLLS,
                        null,
                        TapMode.PAYLOAD,
                        new ReplyProperties(
                                ReplyProperties.Type.NONE,
                                null,
                                null,
                                null,
                                null,
                                Duration.ofSeconds(5),
                                ReplyProperties.After.ACCEPTED,
                                null,
                                null),
                        List.of(),
                        new DeliveryProperties(
                                DeliveryProperties.Mode.DURABLE,
                                DataSize.ofGigabytes(1),
                                DeliveryProperties.WhenFull.HOLD,
                                0,
                                Duration.ofSeconds(1),
                                Duration.ofMinutes(1)),
                        new Limits(10_000, 0, 0, 0, DataSize.ofBytes(0)),
                        new Timeouts(
                                Duration.ofMinutes(5),
                                Duration.ofSeconds(30),
                                Duration.ofSeconds(10),
                                Duration.ofSeconds(30),
                                Duration.ZERO),
                        Access.EVERYONE));
    }

    @Test
    void defaultsOfUdp() throws IOException {
        assertThat(bind("udp: { port: 8889 }").udp())
                .isEqualTo(new UdpProperties("0.0.0.0", 8889, DataSize.ofMegabytes(4), 1, null, 1));
    }

    @Test
    void everyKey() throws IOException {
        ListenerProperties listener = bind("""
            enabled: false
            tcp:
              address: 127.0.0.1
              port: 8888
              backlog: 16
              greeting: "成功连接服务器!"
              no-delay: false
              keep-alive: false
              receive-buffer: 1MB
              send-buffer: 2MB
              proxy-protocol:
                mode: required
                trusted: [10.0.0.0/8, "::1"]
              tls:
                bundle: edge
                client-auth: need
            framing:
              type: length-prefixed
              max-size: 1KB
              on-oversize: skip
              delimiter: ";"
              length-bytes: 2
              byte-order: little
              length-includes-header: true
              size: 8B
              frames: [ "7E {*} 7E" ]
              checksum: xor-8
              on-mismatch: pass
              escape: { 7E: 7D02 }
              between: 0D0A
            charset: UTF-16
            tap: length
            reply:
              type: text
              text: "OK {sequence}"
              bean: orders
              after: delivered
              on-failure: "ERR {reason}"
            sinks: [archive, hook]
            delivery:
              mode: direct
              max-spool-size: 5MB
              when-full: drop
              attempts: 3
              backoff: 200ms
              max-backoff: 9s
            limits:
              max-connections: 3
              max-connections-per-address: 2
              connections-per-second: 10
              messages-per-second: 20
              bytes-per-second: 30KB
            timeouts:
              idle: 1m
              frame: 500ms
              handshake: 2s
              write: 0
              session: 1h
            access:
              allow: [192.0.2.0/24, "2001:db8::/32"]
              deny: 192.0.2.7
            """);

        assertThat(listener)
                .isEqualTo(new ListenerProperties(
                        false,
                        new TcpProperties(
                                "127.0.0.1",
                                8888,
                                16,
                                "成功连接服务器!",
                                false,
                                false,
                                DataSize.ofMegabytes(1),
                                DataSize.ofMegabytes(2),
                                new ProxyProtocolProperties(
                                        ProxyProtocolProperties.Mode.REQUIRED,
                                        List.of(Cidr.of("10.0.0.0/8"), Cidr.of("::1/128"))),
                                new TlsProperties("edge", TlsProperties.ClientAuth.NEED, null),
                                List.of(),
                                Duration.ofSeconds(10),
                                Duration.ofMinutes(1)),
                        null,
                        new FramingProperties(
                                Type.LENGTH_PREFIXED,
                                DataSize.ofKilobytes(1),
                                OnOversize.SKIP,
                                ";",
                                2,
                                Order.LITTLE,
                                true,
                                DataSize.ofBytes(8),
                                List.of("7E {*} 7E"),
                                "xor-8",
                                OnMismatch.PASS,
                                Map.of("7E", "7D02"),
                                "0D0A"),
                        StandardCharsets.UTF_16,
                        null,
                        List.of(),
                        IDENTITY,
                        POLLS,
                        null,
                        TapMode.LENGTH,
                        new ReplyProperties(
                                ReplyProperties.Type.TEXT,
                                "OK {sequence}",
                                null,
                                "orders",
                                null,
                                Duration.ofSeconds(5),
                                ReplyProperties.After.DELIVERED,
                                "ERR {reason}",
                                null),
                        List.of("archive", "hook"),
                        new DeliveryProperties(
                                DeliveryProperties.Mode.DIRECT,
                                DataSize.ofMegabytes(5),
                                DeliveryProperties.WhenFull.DROP,
                                3,
                                Duration.ofMillis(200),
                                Duration.ofSeconds(9)),
                        new Limits(3, 2, 10, 20, DataSize.ofKilobytes(30)),
                        new Timeouts(
                                Duration.ofMinutes(1),
                                Duration.ofMillis(500),
                                Duration.ofSeconds(2),
                                Duration.ZERO,
                                Duration.ofHours(1)),
                        new Access(
                                List.of(Cidr.of("192.0.2.0/24"), Cidr.of("2001:db8::/32")),
                                List.of(Cidr.of("192.0.2.7")))));
    }

    @Test
    void everyKeyOfUdp() throws IOException {
        ListenerProperties listener = bind("""
            udp:
              address: 127.0.0.1
              port: 8889
              receive-buffer: 8MB
              receivers: 2
              multicast:
                group: 239.1.1.1
                interface: eth0
              max-reply-factor: 3
            """);

        assertThat(listener.udp())
                .isEqualTo(new UdpProperties(
                        "127.0.0.1",
                        8889,
                        DataSize.ofMegabytes(8),
                        2,
                        new UdpProperties.Multicast("239.1.1.1", "eth0"),
                        3));
    }

    @ParameterizedTest
    @EnumSource
    void everyReply(ReplyProperties.Type type) throws IOException {
        assertThat(bind("reply: { type: " + type.name().toLowerCase(Locale.ROOT) + " }")
                        .reply()
                        .type())
                .isEqualTo(type);
    }

    private static ListenerProperties bind(String yaml) throws IOException {
        List<PropertySource<?>> sources = new YamlPropertySourceLoader()
                .load("yaml", new ByteArrayResource(("listener:\n" + yaml.indent(2)).getBytes(StandardCharsets.UTF_8)));
        return new Binder(ConfigurationPropertySources.from(sources))
                .bind("listener", ListenerProperties.class)
                .get();
    }
}

package dev.sluice.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.sluice.message.Template.Placeholder;
import dev.sluice.sink.EncodedMessage;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTests {

    private static final Instant RECEIVED_AT = Instant.parse("2026-03-04T23:59:58.765Z");

    @ParameterizedTest
    @CsvSource({
        "{listener}, greeter",
        "{connection}, c-7",
        "{sequence}, 42",
        "{id}, s-3-42",
        "{remote-address}, 192.0.2.9",
        "{remote-port}, 50123",
        "{received-at}, 2026-03-04T23:59:58.765Z",
        "{date}, 2026-03-04",
        "{payload}, hi\u00e9",
        "{payload:hex}, 6869c3a9",
        "{payload:base64}, aGnDqQ==",
        "{reason}, no space",
    })
    void aPlaceholderIsReplacedByItsValue(String text, String expected) {
        byte[] rendered = Template.parse(text, UTF_8).render(message("hi\u00e9".getBytes(UTF_8)), "no space");

        assertThat(rendered).asString(UTF_8).isEqualTo(expected);
    }

    @ParameterizedTest
    @EnumSource
    void everyPlaceholderCanBeRendered(Placeholder placeholder) {
        String name = Placeholder.names().get(placeholder.ordinal());

        assertThat(render("<{" + name + "}>")).startsWith("<").endsWith(">").doesNotContain("{");
    }

    @Test
    void anIpv6AddressIsWrittenWithoutBrackets() throws UnknownHostException {
        InetSocketAddress remote = new InetSocketAddress(InetAddress.getByName("2001:db8::1"), 7);

        assertThat(Template.parse("{remote-address}", UTF_8).render(message(new byte[0], remote)))
                .asString(UTF_8)
                .isEqualTo("2001:db8::1");
    }

    @Test
    void aPayloadIsCopiedByteForByteWhateverTheCharset() {
        byte[] everyByte = new byte[256];
        for (int i = 0; i < everyByte.length; i++) {
            everyByte[i] = (byte) i;
        }

        assertThat(Template.parse("{payload}", StandardCharsets.UTF_16BE).render(message(everyByte)))
                .isEqualTo(everyByte);
    }

    @Test
    void anEmptyPayloadIsNothingInEveryForm() {
        assertThat(Template.parse("[{payload}{payload:hex}{payload:base64}]", UTF_8)
                        .render(message(new byte[0])))
                .asString(UTF_8)
                .isEqualTo("[]");
    }

    @Test
    void withoutAReasonItIsEmpty() {
        assertThat(Template.parse("ERR {reason}.", UTF_8).render(message(new byte[0])))
                .asString(UTF_8)
                .isEqualTo("ERR .");
    }

    @Test
    void placeholdersAndTextMix() {
        assertThat(render("OK {sequence} of {listener}: {sequence}\n")).isEqualTo("OK 42 of greeter: 42\n");
    }

    @Test
    void placeholdersWithinAValueAreNotReplaced() {
        assertThat(Template.parse("{payload}", UTF_8).render(message("{sequence}".getBytes(UTF_8))))
                .asString(UTF_8)
                .isEqualTo("{sequence}");
    }

    @ParameterizedTest
    @CsvSource({
        "{{, {",
        "a{{b, a{b",
        "{{payload}, {payload}",
        "{{{{, {{",
        "{{{sequence}}, {42}",
        "{{\"n\":{sequence}}, {\"n\":42}",
        "}, }",
        "a}}b, a}}b",
    })
    void twoOpeningBracesAreOneAndAClosingBraceStandsForItself(String text, String expected) {
        assertThat(render(text)).isEqualTo(expected);
    }

    @Test
    void textWithoutPlaceholdersIsRenderedAsItIs() {
        assertThat(render("成功连接服务器!")).isEqualTo("成功连接服务器!");
        assertThat(render("")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"{nonsense}", "{}", "{Payload}", "{ payload}", "{payload:octal}", "{\"n\":1}"})
    void aPlaceholderThatDoesNotExistIsRefusedWithAllThatDo(String text) {
        assertThatExceptionOfType(UnknownNameException.class)
                .isThrownBy(() -> Template.parse("a " + text + " b", UTF_8))
                .satisfies(ex -> assertThat("{" + ex.name() + "}").isEqualTo(text))
                .withMessageContaining(text)
                .satisfies(ex -> assertThat(Placeholder.names())
                        .hasSize(Placeholder.values().length)
                        .allSatisfy(name -> assertThat(ex).hasMessageContaining("{" + name + "}")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "OK {sequence", "{{{", "{sequence} {"})
    void aBraceThatIsNotClosedIsRefusedWithTheCure(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Template.parse(text, UTF_8))
                .withMessageContaining("not closed")
                .withMessageContaining("{{");
    }

    @ParameterizedTest
    @ValueSource(strings = {"UTF-8", "ISO-8859-1", "UTF-16BE", "UTF-16LE", "UTF-32", "GB18030"})
    void textAndValuesAreWrittenInTheCharset(String charset) {
        byte[] rendered = Template.parse("é {sequence} {date} {id} {payload:hex}", Charset.forName(charset))
                .render(message(new byte[] {1}));

        assertThat(new String(rendered, Charset.forName(charset))).isEqualTo("é 42 2026-03-04 s-3-42 01");
    }

    @Test
    void utf16IsBigEndianWithoutMarks() {
        byte[] rendered =
                Template.parse("n {sequence}!", StandardCharsets.UTF_16).render(message(new byte[0]));

        assertThat(rendered).isEqualTo("n 42!".getBytes(StandardCharsets.UTF_16BE));
    }

    @Test
    void aFilterSeesEveryValueAndNoOtherText() {
        byte[] rendered = Template.parse("a/{listener}/{payload}", UTF_8)
                .render(
                        message("x/y".getBytes(UTF_8)),
                        value -> new String(value, UTF_8).replace('/', '_').getBytes(UTF_8));

        assertThat(rendered).asString(UTF_8).isEqualTo("a/greeter/x_y");
    }

    @Test
    void tellsItsPlaceholders() {
        assertThat(Template.parse("{date}/{listener}-{date} {{id}", UTF_8).placeholders())
                .containsExactlyInAnyOrder(Placeholder.LISTENER, Placeholder.DATE);
    }

    @Test
    void aPayloadIsWrittenInUtf8WhateverItsListenersCharset() {
        EncodedMessage latin = EncodedMessage.of("Müller", StandardCharsets.ISO_8859_1);
        EncodedMessage torn = new EncodedMessage(new byte[] {0, 'a', 0}, StandardCharsets.UTF_16BE);

        assertThat(Template.parse("ü-{payload}", UTF_8).render(latin))
                .asString(UTF_8)
                .isEqualTo("ü-Müller");
        assertThat(Template.parse("{payload}", UTF_8).render(torn)).isEqualTo(torn.getPayload());
        assertThat(Template.parse("{payload:hex}", UTF_8).render(latin))
                .asString(UTF_8)
                .isEqualTo("4dfc6c6c6572");
        // As in a reply, which goes back to the peer.
        assertThat(Template.parse("ü-{payload}", StandardCharsets.ISO_8859_1).render(latin))
                .isEqualTo("ü-Müller".getBytes(StandardCharsets.ISO_8859_1));
    }

    private static String render(String text) {
        return new String(Template.parse(text, UTF_8).render(message("payload".getBytes(UTF_8))), UTF_8);
    }

    private static ReceivedMessage message(byte[] payload) {
        return message(payload, new InetSocketAddress("192.0.2.9", 50123));
    }

    private static ReceivedMessage message(byte[] payload, InetSocketAddress remote) {
        return new ReceivedMessage(
                payload,
                new PeerHeaders(Map.of()),
                new KnownPeer(new Origin("greeter", "c-7", "s-3", remote)),
                42,
                RECEIVED_AT.toEpochMilli());
    }

    private record KnownPeer(Origin origin) implements Peer {

        @Override
        public Handling handling() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void reply(byte[] payload) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void fail() {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable End identified(Origin origin) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void quiet() {
            throw new UnsupportedOperationException();
        }
    }
}

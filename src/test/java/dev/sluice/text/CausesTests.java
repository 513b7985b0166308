package dev.sluice.text;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CausesTests {

    private static final SocketException INNER = new ConnectException("refused");
    private static final Exception OUTER = new IllegalStateException("outer", new UncheckedIOException(INNER));

    @Test
    void theInnermostIsTheLast() {
        assertThat(Causes.of(OUTER)).hasSize(3).startsWith(OUTER).endsWith(INNER);
    }

    @Test
    void oneIsFoundByItsType() {
        assertThat(Causes.find(OUTER, SocketException.class)).containsSame(INNER);
        assertThat(Causes.has(OUTER, InterruptedException.class, IOException.class))
                .isTrue();
        assertThat(Causes.has(OUTER, InterruptedException.class)).isFalse();
    }

    @Test
    void aCircleHasAnEnd() {
        Exception one = new Exception("one");
        one.initCause(new Exception("other", one));

        assertThat(Causes.has(one, Error.class)).isFalse();
    }

    @Test
    void aLineIsTheFirstOfTheMessage() {
        assertThat(Causes.line(new IOException("\nno space\nleft"))).isEqualTo("no space");
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(strings = {"", " \n "})
    void whatSaysNothingIsToldByItsType(String message) {
        assertThat(Causes.line(new IOException(message))).isEqualTo("IOException");
    }
}

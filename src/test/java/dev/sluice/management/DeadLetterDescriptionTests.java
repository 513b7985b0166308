package dev.sluice.management;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sluice.delivery.spool.DeadLetter;
import dev.sluice.sink.SampleMessage;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DeadLetterDescriptionTests {

    @Test
    void textIsThatOfTheListenersCharset() {
        assertThat(text(ISO_8859_1)).isEqualTo("Müller");
        assertThat(text(UTF_8)).isNull();
    }

    private static @Nullable String text(Charset charset) {
        SampleMessage message = SampleMessage.of("c-7", 1, "Müller".getBytes(ISO_8859_1));
        return DeadLetterDescription.of(new DeadLetter("sink", 0, message, 1, "refused", 0), charset)
                .text();
    }
}

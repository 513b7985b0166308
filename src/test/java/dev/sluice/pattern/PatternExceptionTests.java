package dev.sluice.pattern;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of a pattern that is none. */
class PatternExceptionTests {

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        "";                  0; an empty pattern fits no message
        7E 0;                3; half a byte at character 4
        7E 0 1;              3; half a byte at character 4
        7E $1;               3; '$' is neither a hex digit nor a dot at character 4. Text stands in quotes, such as 'OK'
        7E {length 01;       3; '{length 01' is not closed by '}' at character 4
        7E {a {b:2};         3; '{a' is not closed by '}' at character 4
        'OK;                 0; a quote is not closed at character 1
        'Ök';                1; 'Ö' is not ASCII at character 2. Write its bytes in hex
        01 ({*});            3; a parenthesis at character 4. It says what a checksum is made of, in the frames of a framing alone
        {*} 01 {*};          7; a second '{*}' at character 8. There can be one in a hex pattern
        {serial};            0; '{serial}' does not say how it is read at character 1. Give the number of bytes, such as '{serial:2}', or a type, such as '{serial:u16}'
        {a:u12};             3; there is no type 'u12' at character 4. Did you mean 'u16' or 'u32'?
        {a:u16be};           3; there is no type 'u16be' at character 4. Did you mean 'u16le'?
        {a:bcd};             3; there is no type 'bcd' at character 4. Did you mean 'bcd15'?
        {a:};                3; there is no type '' at character 4. Say how many bytes, such as '2', or a type, such as 'u16', 'bcd15', 'text15'
        {a:0};               3; a size of 0 at character 4. It must be from 1 to 65535
        {a:2} {a:2};         7; a second field 'a' at character 8. Each has a name of its own
        {a b:2};             1; 'a b' is no name at character 2. It begins with a letter, and letters, digits, '-' and '_' follow
        {*} {a:bcd[u8]};     4; a field of unknown size behind '{*}' at character 5. What stands there is found from the end, so its size has to be told
        {a:text} 00;         0; 'text' without a size at character 1. Say how many bytes, such as 'text4'
        {t:1=123};           5; '123' is not bytes in hex, as '1' has to be at character 6
        {t:u8=300};          6; '300' does not fit 'u8' at character 7
        """)
    void ofHex(String pattern, int offset, String message) {
        PatternException thrown = catchThrowableOfType(PatternException.class, () -> Pattern.hex(pattern));

        assertThat(thrown).hasMessage(message);
        assertThat(thrown.offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        a{b;         1; '{b' is not closed by '}' at character 2
        {a:u16};     3; 'u16' in a text pattern at character 4. There, '{name}' goes up to the text that follows, '{name:12}' is twelve bytes, '{name:*}' is anything, and '{name=A|B}' one of these
        {a},{a};     5; a second field 'a' at character 6. Each has a name of its own
        aé;          0; 'aé' cannot be written in US-ASCII at character 1
        """)
    void ofText(String pattern, int offset, String message) {
        PatternException thrown = catchThrowableOfType(PatternException.class, () -> Pattern.text(pattern, US_ASCII));

        assertThat(thrown).hasMessage(message);
        assertThat(thrown.offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        ab(?=c);     2
        (a)\\1;      3
        a[b;         1
        """)
    void ofAnExpression(String pattern, int offset) {
        PatternException thrown = catchThrowableOfType(PatternException.class, () -> Pattern.regex(pattern, UTF_8));

        assertThat(thrown.offset()).isEqualTo(offset);
        assertThat(thrown)
                .hasMessageContaining("at character " + (offset + 1)
                        + ". Expressions are those of RE2, which have neither look-around nor back references");
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        7E ..;               3; a dot at character 4. What is written has to be told
        {length|0};          0; a default for '{length}' at character 1. It is never absent, so it needs none
        {n:u8|300};          6; the default '300' does not fit 'u8' at character 7
        {n|0};               3; the default '0' is no bytes in hex at character 4
        {length:text4};      0; 'text4' is no number at character 1. A length is one, such as u16 or HEX4
        {received-at:yyyyM}; 13; 'yyyyM' makes no whole bytes of digits at character 14. Such as yyMMddHHmmss
        {received-at:Q{};    0; '{received-at:Q' is not closed by '}' at character 1
        {received-at:b};     13; 'b' is no date at character 14. Such as yyyyMMddHHmmss
        """)
    void ofATemplate(String template, int offset, String message) {
        PatternException thrown = catchThrowableOfType(PatternException.class, () -> ReplyTemplate.hex(template));

        assertThat(thrown).hasMessage(message);
        assertThat(thrown.offset()).isEqualTo(offset);
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', quoteCharacter = '"', textBlock = """
        {length} {*};            0; '{length}' does not say how the length is written at character 1. Such as '{length:u16}', less two '{length:u16-2}', of some bits '{length:u16le&7FFF}', in digits '{length:dec}'
        {length:bcd4} {*};       0; 'bcd4' is no number at character 1. A length is one, such as '{length:u16}' or '{length:dec}'
        {*} {length:u8};         4; '{length}' behind '{*}' at character 5. It is told once, and before what it tells of
        {*} {*};                 4; a second '{*}' at character 5. There can be one in a frame
        7E {*} {checksum} 7E;    7; '{checksum}', but no parentheses at character 8. They say what it is made of: '7E ({*}) {checksum} 7E'
        7E ({*} {checksum} 7E;   3; '(' is not closed by ')'
        7E {*}) {checksum} 7E;   6; ')' has no partner at character 7. One pair of parentheses says what the checksum is made of
        7E ({*}) 7E;             3; parentheses, but no '{checksum}' at character 4. They say what that is made of
        {:text} {*} 0A;          0; text without an end at character 1. A byte has to follow that it does not hold, such as ' '
        7E {:[u8]} 7E;           3; '[u8]' has no known size at character 4. In a frame a size is told by '{length}', and '{:text}' is text up to the next byte
        """)
    void ofAFrame(String pattern, int offset, String message) {
        PatternException thrown = catchThrowableOfType(
                PatternException.class, () -> Frames.of(List.of(pattern), "crc-16/arc", Map.of(), ""));

        assertThat(thrown).hasMessage(message);
        assertThat(thrown.offset()).isEqualTo(offset);
    }

    @Test
    void ofAnAnswerThatIsNoFrame() {
        Frames frames = Frames.of(List.of("7878 ({length:u8} {*}) {checksum}", "05"), "crc-16/arc", Map.of(), "");
        ReplyTemplate template = ReplyTemplate.hex("7979 {length} {checksum}");

        assertThat(catchThrowableOfType(PatternException.class, () -> template.sealedBy(frames)))
                .hasMessage("nothing says what '{length}' is at character 6."
                        + " None of the frames has {length} and {checksum} and begins as this does");
        assertThat(catchThrowableOfType(PatternException.class, () -> template.sealedBy(null)))
                .hasMessage("nothing says what '{length}' is at character 6. Frames say it, and there are none");
    }
}

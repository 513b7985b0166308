package dev.sluice.pattern;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How bytes are read. Messages are hex; what is found is name=value, one after another. */
class HexPatternTests {

    @ParameterizedTest
    @CsvSource(nullValues = "no", textBlock = """
        # Bytes, text, any byte, half a byte
        7E 0D0A,                        7e0d0a,               ''
        7E 0D0A,                        7e0d0b,               no
        7E 0D0A,                        7e0d0a00,             no
        7E 0D0A,                        7e0d,                 no
        '''MCGP'' 00',                  4d43475000,           ''
        7878 .. 01,                     7878ff01,             ''
        7878 .. 01,                     7878ff02,             no
        4. .5,                          4fa5,                 ''
        4. .5,                          50a5,                 no
        # Any bytes, once
        {*},                            '',                   ''
        {*},                            0102,                 ''
        78 {*},                         78,                   ''
        78 {*} 0D0A,                    780d0a,               ''
        78 {*} 0D0A,                    780a,                 no
        78 {*} 0D0A,                    7801020d0a,           ''
        78 {*} 78,                      78,                   no
        {*} {serial:2} {:4},            01020304050607,       serial=0203
        # So many bytes
        {:4},                           01020304,             ''
        {:4},                           010203,               no
        {serial:2} FF,                  00ABff,               serial=00ab
        {serial:2le} FF,                00ABff,               serial=ab00
        # Numbers
        {n:u8},                         ff,                   n=255
        {n:i8},                         ff,                   n=-1
        {n:u16},                        0102,                 n=258
        {n:u16le},                      0201,                 n=258
        {n:u24},                        ff0000,               n=16711680
        {n:u32},                        ffffffff,             n=4294967295
        {n:i32le},                      feffffff,             n=-2
        {n:u48},                        010000000000,         n=1099511627776
        {n:u64},                        ffffffffffffffff,     n=18446744073709551615
        {n:i64},                        ffffffffffffffff,     n=-1
        # Digits: right-aligned, F is filler, and what is no digit is no value
        {imei:bcd15},                   0864717003283581,     imei=864717003283581
        {imei:bcd15},                   f864717003283581,     imei=864717003283581
        {id:bcd6},                      123fff,               id=123
        {id:bcd6},                      123456,               id=123456
        {id:bcd4le},                    3412,                 id=1234
        {id:bcd4},                      12a4,                 ''
        {id:bcd4},                      ffff,                 ''
        {n:dec4} FF,                    30303132ff,           n=12
        {n:hex2},                       3146,                 n=31
        {n:HEX2},                       3166,                 n=31
        {n:dec2},                       3178,                 ''
        # Characters
        {id:text5},                     4142430000,           id=ABC
        {id:text5},                     4100430000,           id=A\0C
        {id:text2},                     e941,                 id=éA
        # As long as the number in front says
        {id:bcd[u8]} FF,                021234ff,             id=1234
        {id:bcd[u8]} FF,                031234ff,             no
        {id:text[u16]} FF,              00024142ff,           id=AB
        {id:text[u16le]},               02004142,             id=AB
        {id:[u8]} {k:[u8]},             01ff020a0b,           id=ff k=0a0b
        {:[u8]} 01,                     0001,                 ''
        {id:bcd[u8]},                   0412345f,             no
        {id:bcd[u8]},                   0212345f,             no
        {id:bcd[u8]},                   0212ff,               id=12
        # Only one of these
        {type:1=13|23},                 13,                   type=13
        {type:1=13|23},                 23,                   type=23
        {type:1=13|23},                 24,                   no
        {type:1=8e|10},                 8e,                   type=8e
        {type:2=0002|0102},             0102,                 type=0102
        {n:u8=1|68},                    44,                   n=68
        {n:u8=0x44},                    44,                   n=68
        {n:u16le=258},                  0201,                 n=258
        {n:i8=-1},                      ff,                   n=-1
        {c:text2=ok},                   4f4b,                 c=OK
        {c:text3=ok},                   4f4b00,               c=OK
        {c:text3=ok},                   4f4b41,               no
        {id:bcd3=123},                  f123,                 id=123
        {id:bcd4=123},                  123f,                 id=123
        {id:bcd4=123},                  0123,                 no
        {n:dec3=7},                     303037,               n=7
        # More of them together
        68 04 01 {*},                   680401000200,         ''
        7E {t:2} 0... {p:bcd12} {s:2} {*}, 7e01000020013912345678001199, t=0100 p=013912345678 s=0011
        """)
    void whatIsRead(String pattern, String message, @Nullable String expected) {
        String found = read(pattern, message);

        assertThat(found).isEqualTo(expected == null ? null : expected.replace("\\0", "\0"));
    }

    @Test
    void theBytesOfAFieldAreThoseThatCame() {
        Match match = Pattern.hex("{n:u16le} {d:bcd3} {bad:bcd1}")
                .match(HexFormat.of().parseHex("010201120a"));

        assertThat(match).isNotNull();
        assertThat(match.bytes(0)).containsExactly(1, 2);
        assertThat(match.bytes(1)).containsExactly(0x01, 0x12);
        assertThat(match.has(2)).isFalse();
        assertThat(match.bytes(2)).isNull();
        assertThat(match.text(2)).isNull();
    }

    @ParameterizedTest
    @CsvSource(textBlock = """
        {*},                 01 02,                      true
        {*},                 {n:2} {id:bcd[u8]},         true
        01 {*},              01 02,                      true
        01 {*},              {n:1} 02,                   false
        01 02,               01 {*},                     false
        01 02,               01 02,                      true
        .. 02,               {n:u8} 02,                  true
        {n:u8=1|2} {*},      01 {id:text[u8]},           true
        {n:u8=1|2} {*},      {n:u8=1|2|3} {*},           false
        {n:u8=1|2|3} {*},    {n:u8=1|2} {*},             true
        01 {*} {s:2} {:4},   01 {*} 0D0A,                false
        01 {*} 0D0A,         01 .. {*} {s:2} 0D0A,       true
        01 {*} 0D0A,         01 {*} 0A,                  false
        4. {*},              48 {*},                     true
        48 {*},              4. {*},                     false
        .. .. {*},           01,                         false
        {t:1} {*} {s:2},     01 {*},                     false
        """)
    void whatLeavesNothingToAnother(String pattern, String other, boolean covers) {
        assertThat(Pattern.hex(pattern).covers(Pattern.hex(other))).isEqualTo(covers);
    }

    static @Nullable String read(String pattern, String message) {
        Pattern compiled = Pattern.hex(pattern);
        Match match = compiled.match(HexFormat.of().parseHex(message));
        return match == null
                ? null
                : IntStream.range(0, compiled.names().size())
                        .filter(match::has)
                        .mapToObj(i -> compiled.names().get(i) + "=" + match.text(i))
                        .collect(Collectors.joining(" "));
    }
}

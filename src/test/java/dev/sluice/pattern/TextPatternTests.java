package dev.sluice.pattern;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.charset.Charset;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How text is read. What is found is name=value, one after another. */
class TextPatternTests {

    @ParameterizedTest
    @CsvSource(nullValues = "no", delimiter = ';', textBlock = """
        # Text that stands for itself; a doubled brace is a brace
        #P#;                          #P#;                  ''
        #P#;                          #P;                   no
        #P#;                          #P#1;                 no
        a{{b};                        a{b};                 ''
        # Up to what follows
        {a},{b};                      1,2;                  a=1 b=2
        {a},{b};                      1,2,3;                no
        {a},{b};                      ,;                    a= b=
        imei:{imei},{alarm},{*};      imei:12,help me,1,2,; imei=12 alarm=help me
        x{a}y;                        xxy;                  a=x
        {number} open {*};            7 open x;             number=7
        {number} open {*};            7 8 open x;           no
        # All that is left, but for the character before
        id={id};                      id=5;                 id=5
        id={id};                      id=5=6;               no
        {all};                        a,b;                  all=a,b
        # So many
        {a:3}{b:1};                   abcd;                 a=abc b=d
        {a:3}{b:1};                   abc;                  no
        ({device:4}BP05{*};           (1234BP05x);          device=1234
        {a:2}{b};                     1234;                 a=12 b=34
        {a}{b:2}!;                    1234!;                a=12 b=34
        # Anything
        {*},{count};                  a,b,7;                count=7
        {*},{count};                  7;                    no
        {a:*},{b:*};                  1,2,3;                a=1,2 b=3
        [{*}*{*}];                    [a*b*c];              ''
        {a:*}-{b}-{c:*};              1-2-3-4;              a=1-2 b=3 c=4
        {number} s {size} {m:*}!;     7 s 3 a b!;           number=7 size=3 m=a b
        # Unnamed
        {},{b};                       1,2;                  b=2
        # One of these
        #{type=D|SD}#{*};             #SD#x;                type=SD
        #{type=D|SD}#{*};             #X#x;                 no
        {t=V1|V10},x;                 V10,x;                t=V10
        {t=V1|V10}{r:*};              V10;                  t=V1 r=0
        """)
    void whatIsRead(String pattern, String message, @Nullable String expected) {
        assertThat(read(pattern, message, UTF_8)).isEqualTo(expected);
    }

    @Test
    void lengthsCountBytesAndTextIsEncodedAsTheListenerSays() {
        assertThat(read("é{a:2}，{b}，", "éé，ö，", UTF_8)).isEqualTo("a=é b=ö");
        assertThat(read("é{a:1}", "éö", ISO_8859_1)).isEqualTo("a=ö");
        assertThat(read("a{x:2}{y}", "abc", Charset.forName("UTF-16BE"))).isEqualTo("x=b y=c");
        assertThat(Pattern.text("ab", UTF_16).match("ab".getBytes(java.nio.charset.StandardCharsets.UTF_16BE)))
                .isNotNull();
    }

    /** Where one can say it as an expression that tries all ways, the same is found. */
    @Test
    void tenThousandRandomPatternsFindWhatTryingAllWaysFinds() {
        for (int seed = 0; seed < 10_000; seed++) {
            Random random = new Random(seed);
            List<String> parts = new ArrayList<>();
            for (int i = 1 + random.nextInt(6); i > 0; i--) {
                parts.add(part(random, parts.size()));
            }
            String pattern = String.join("", parts);
            for (int i = 0; i < 5; i++) {
                String message = characters(random, random.nextInt(10));
                String found = read(pattern, message, ISO_8859_1);

                assertThat(found).as("%s on %s", pattern, message).isEqualTo(tried(pattern, message));
            }
        }
    }

    private static String part(Random random, int index) {
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> characters(random, 1 + random.nextInt(2));
            case 3, 4 -> "{n" + index + "}";
            case 5 -> "{n" + index + ":" + (1 + random.nextInt(2)) + "}";
            case 6 -> "{n" + index + ":*}";
            default ->
                "{n" + index + "=" + characters(random, 1 + random.nextInt(2)) + "|"
                        + characters(random, 1 + random.nextInt(2)) + "}";
        };
    }

    private static String characters(Random random, int length) {
        return random.ints(length, 0, 3)
                .mapToObj(i -> "abc".substring(i, i + 1))
                .collect(Collectors.joining());
    }

    private static @Nullable String tried(String pattern, String message) {
        Matcher pieces = java.util.regex.Pattern.compile("\\{(\\w+)(?::(\\*|\\d+)|=([a-c|]+))?}|[a-c]+")
                .matcher(pattern);
        StringBuilder expression = new StringBuilder();
        List<String> names = new ArrayList<>();
        while (pieces.find()) {
            String name = pieces.group(1);
            if (name == null) {
                expression.append(pieces.group());
                continue;
            }
            names.add(name);
            String what;
            if (pieces.group(3) != null) {
                what = pieces.group(3);
            } else if (pieces.group(2) != null) {
                what = pieces.group(2).equals("*") ? ".*" : ".{" + pieces.group(2) + "}";
            } else {
                char after = pieces.end() < pattern.length() ? pattern.charAt(pieces.end()) : '{';
                char before = pieces.start() > 0 ? pattern.charAt(pieces.start() - 1) : '}';
                what = after != '{' ? "[^" + after + "]*" : before != '}' ? "[^" + before + "]*" : ".*";
            }
            expression.append("(?<").append(name).append(">").append(what).append(")");
        }
        Matcher matcher = java.util.regex.Pattern.compile(expression.toString()).matcher(message);
        return matcher.matches()
                ? names.stream().map(name -> name + "=" + matcher.group(name)).collect(Collectors.joining(" "))
                : null;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{*}a{*}a{*}a{*}b{*}", "{a}{b}{c:1}x{*}y", "{a:*},{b:*},{c},{d:*};", "{t=a|aa}{*}a{u=a|aa}b"})
    void aMillionBytesTakeNoTime(String pattern) {
        byte[] message = "a,".repeat(500_000).getBytes(ISO_8859_1);

        assertTimeoutPreemptively(
                Duration.ofSeconds(5),
                () -> assertThat(Pattern.text(pattern, ISO_8859_1).match(message))
                        .isNull());
    }

    @ParameterizedTest
    @CsvSource(delimiter = ';', textBlock = """
        {*};              a{b}c;             true
        {all};            a{b}c;             true
        a{*};             ab{*};             true
        ab{*};            a{*};              false
        a{*}b;            a{x},b;            true
        a{x},b;           a{y},b;            false
        {t=A|B}{*};       A,{x};             true
        {t=A|B}{*};       {x},;              false
        """)
    void whatLeavesNothingToAnother(String pattern, String other, boolean covers) {
        assertThat(Pattern.text(pattern, UTF_8).covers(Pattern.text(other, UTF_8)))
                .isEqualTo(covers);
    }

    @Test
    void bytesCanCoverTextAndNothingCoversAnExpressionButAll() {
        Pattern all = Pattern.hex("{*}");
        Pattern expression = Pattern.regex("a(?<x>.*)", UTF_8);

        assertThat(Pattern.hex("24 {*}").covers(Pattern.text("$GP{*}", UTF_8))).isTrue();
        assertThat(all.covers(expression)).isTrue();
        assertThat(expression.covers(all)).isFalse();
        assertThat(expression.covers(Pattern.regex("a(?<x>.*)", UTF_8))).isTrue();
    }

    @Test
    void anExpressionFitsTheWholeMessage() {
        Pattern pattern = Pattern.regex("#L#(?:[\\d.]+;)?(?<imei>\\d{5,});(?<rest>.*)", UTF_8);

        assertThat(pattern.names()).containsExactly("imei", "rest");
        Match match = pattern.match("#L#2.0;35000;é\nü".getBytes(UTF_8));
        assertThat(match).isNotNull();
        assertThat(match.text(0)).isEqualTo("35000");
        assertThat(match.text(1)).isEqualTo("é\nü");
        assertThat(match.bytes(1)).isEqualTo("é\nü".getBytes(UTF_8));
        assertThat(pattern.match("x#L#35000;".getBytes(UTF_8))).isNull();
        assertThat(pattern.match(new byte[] {'#', 'L', '#', (byte) 0xFF})).isNull();
    }

    @Test
    void aGroupThatTookNoPartIsAbsent() {
        Match match = Pattern.regex("(?<a>x)?(?<b>y)", ISO_8859_1).match(new byte[] {'y'});

        assertThat(match).isNotNull();
        assertThat(match.has(0)).isFalse();
        assertThat(match.text(0)).isNull();
        assertThat(match.text(1)).isEqualTo("y");
    }

    @Test
    void inCharsetsOfSeveralBytesBytesAreFound() {
        Charset gb = Charset.forName("GB18030");
        Match match = Pattern.regex("成功(?<x>.)(?<y>\\d+)", gb).match("成功连12".getBytes(gb));

        assertThat(match).isNotNull();
        assertThat(match.text(0)).isEqualTo("连");
        assertThat(match.bytes(1)).containsExactly('1', '2');
    }

    /** Nothing of ours is written in one, which the configuration's check tells as well. */
    @Test
    void aCharsetThatCanOnlyBeReadIsToldAndNotStumbledOver() {
        Charset onlyRead = Charset.forName("ISO-2022-CN");
        assertThatThrownBy(() -> Pattern.text("a {b}", onlyRead))
                .isInstanceOf(PatternException.class)
                .hasMessageContaining("nothing can be written in ISO-2022-CN");
        assertThat(Pattern.regex("a.*", onlyRead).match(new byte[] {'a', 'b'})).isNotNull();
    }

    private static @Nullable String read(String pattern, String message, Charset charset) {
        Pattern compiled = Pattern.text(pattern, charset);
        Match match = compiled.match(message.getBytes(charset));
        return match == null
                ? null
                : IntStream.range(0, compiled.names().size())
                        .mapToObj(i -> compiled.names().get(i) + "=" + match.text(i))
                        .collect(Collectors.joining(" "));
    }
}

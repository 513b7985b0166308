package dev.sluice.pattern;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A cyclic redundancy check by tables, eight bytes at a time: the first table says what a byte does to the register,
 * each next one what it does a byte later.
 */
final class Crc {

    /**
     * One of the catalogue's algorithms, of which each reflects both what goes in and what comes out, or neither.
     *
     * @param width in bits, 8 to 32
     * @param reflected whether low bits go first
     * @param check of the ASCII characters 123456789
     */
    record Model(int width, int polynomial, int initial, boolean reflected, int finalXor, int check) {}

    /** Name, width, polynomial, initial value, reflected or normal, final XOR, check value. */
    private static final String CATALOGUE = """
        crc-8/smbus 8 07 00 normal 00 F4
        crc-8/maxim-dow 8 31 00 reflected 00 A1
        crc-8/autosar 8 2F FF normal FF DF
        crc-8/bluetooth 8 A7 00 reflected 00 26
        crc-8/cdma2000 8 9B FF normal 00 DA
        crc-8/darc 8 39 00 reflected 00 15
        crc-8/dvb-s2 8 D5 00 normal 00 BC
        crc-8/gsm-a 8 1D 00 normal 00 37
        crc-8/gsm-b 8 49 00 normal FF 94
        crc-8/hitag 8 1D FF normal 00 B4
        crc-8/i-432-1 8 07 00 normal 55 A1
        crc-8/i-code 8 1D FD normal 00 7E
        crc-8/lte 8 9B 00 normal 00 EA
        crc-8/mifare-mad 8 1D C7 normal 00 99
        crc-8/nrsc-5 8 31 FF normal 00 F7
        crc-8/opensafety 8 2F 00 normal 00 3E
        crc-8/rohc 8 07 FF reflected 00 D0
        crc-8/sae-j1850 8 1D FF normal FF 4B
        crc-8/tech-3250 8 1D FF reflected 00 97
        crc-8/wcdma 8 9B 00 reflected 00 25
        crc-16/arc 16 8005 0000 reflected 0000 BB3D
        crc-16/cdma2000 16 C867 FFFF normal 0000 4C06
        crc-16/cms 16 8005 FFFF normal 0000 AEE7
        crc-16/dds-110 16 8005 800D normal 0000 9ECF
        crc-16/dect-r 16 0589 0000 normal 0001 007E
        crc-16/dect-x 16 0589 0000 normal 0000 007F
        crc-16/dnp 16 3D65 0000 reflected FFFF EA82
        crc-16/en-13757 16 3D65 0000 normal FFFF C2B7
        crc-16/genibus 16 1021 FFFF normal FFFF D64E
        crc-16/gsm 16 1021 0000 normal FFFF CE3C
        crc-16/ibm-3740 16 1021 FFFF normal 0000 29B1
        crc-16/ibm-sdlc 16 1021 FFFF reflected FFFF 906E
        crc-16/kermit 16 1021 0000 reflected 0000 2189
        crc-16/maxim-dow 16 8005 0000 reflected FFFF 44C2
        crc-16/mcrf4xx 16 1021 FFFF reflected 0000 6F91
        crc-16/modbus 16 8005 FFFF reflected 0000 4B37
        crc-16/nrsc-5 16 080B FFFF reflected 0000 A066
        crc-16/opensafety-a 16 5935 0000 normal 0000 5D38
        crc-16/opensafety-b 16 755B 0000 normal 0000 20FE
        crc-16/profibus 16 1DCF FFFF normal FFFF A819
        crc-16/spi-fujitsu 16 1021 1D0F normal 0000 E5CC
        crc-16/t10-dif 16 8BB7 0000 normal 0000 D0DB
        crc-16/teledisk 16 A097 0000 normal 0000 0FB3
        crc-16/umts 16 8005 0000 normal 0000 FEE8
        crc-16/usb 16 8005 FFFF reflected FFFF B4C8
        crc-16/xmodem 16 1021 0000 normal 0000 31C3
        crc-24/ble 24 00065B 555555 reflected 000000 C25A56
        crc-24/interlaken 24 328B63 FFFFFF normal FFFFFF B4F3E6
        crc-24/lte-a 24 864CFB 000000 normal 000000 CDE703
        crc-24/lte-b 24 800063 000000 normal 000000 23EF52
        crc-24/openpgp 24 864CFB B704CE normal 000000 21CF02
        crc-24/os-9 24 800063 FFFFFF normal FFFFFF 200FA5
        crc-32/aixm 32 814141AB 00000000 normal 00000000 3010BF7F
        crc-32/bzip2 32 04C11DB7 FFFFFFFF normal FFFFFFFF FC891918
        crc-32/cksum 32 04C11DB7 00000000 normal FFFFFFFF 765E7680
        crc-32/jamcrc 32 04C11DB7 FFFFFFFF reflected 00000000 340BC6D9
        crc-32/mpeg-2 32 04C11DB7 FFFFFFFF normal 00000000 0376E6E7
        """;

    /** Names that manuals use, beside those of the catalogue. */
    private static final Map<String, String> ALIASES = Map.of(
            "crc-8/maxim", "crc-8/maxim-dow",
            "crc-16/x-25", "crc-16/ibm-sdlc",
            "crc-16/ccitt-false", "crc-16/ibm-3740",
            "crc-16/aug-ccitt", "crc-16/spi-fujitsu",
            "crc-16/buypass", "crc-16/umts",
            "crc-24/q", "crc-24/lte-a");

    private static final Map<String, Model> MODELS = models();

    private static final int SLICES = 8;
    private static final VarHandle LOW_FIRST =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle HIGH_FIRST = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

    private final int[][] tables = new int[SLICES][256];
    private final int width;
    private final boolean reflected;
    private final int initial;
    private final int finalXor;

    Crc(Model model) {
        this.width = model.width;
        this.reflected = model.reflected;
        this.initial = reflected ? reversed(model.initial) : model.initial << 32 - width;
        this.finalXor = model.finalXor;
        for (int i = 0; i < 256; i++) {
            tables[0][i] = reflected
                    ? reflectedEntry(i, reversed(model.polynomial))
                    : entry(i, model.polynomial << 32 - width);
        }
        for (int slice = 1; slice < SLICES; slice++) {
            for (int i = 0; i < 256; i++) {
                int before = tables[slice - 1][i];
                tables[slice][i] =
                        reflected ? before >>> 8 ^ tables[0][before & 0xFF] : before << 8 ^ tables[0][before >>> 24];
            }
        }
    }

    private static Map<String, Model> models() {
        Map<String, Model> models = new HashMap<>();
        CATALOGUE.lines().forEach(line -> {
            String[] words = line.split(" ");
            Model model = new Model(
                    Integer.parseInt(words[1]),
                    Integer.parseUnsignedInt(words[2], 16),
                    Integer.parseUnsignedInt(words[3], 16),
                    words[4].equals("reflected"),
                    Integer.parseUnsignedInt(words[5], 16),
                    Integer.parseUnsignedInt(words[6], 16));
            models.put(words[0], model);
        });
        ALIASES.forEach((alias, name) -> models.put(alias, Objects.requireNonNull(models.get(name))));
        return Map.copyOf(models);
    }

    static @Nullable Model model(String name) {
        return MODELS.get(name);
    }

    static Set<String> names() {
        return MODELS.keySet();
    }

    private int reversed(int value) {
        return Integer.reverse(value) >>> 32 - width;
    }

    private static int reflectedEntry(int index, int polynomial) {
        int entry = index;
        for (int bit = 0; bit < 8; bit++) {
            entry = (entry & 1) == 0 ? entry >>> 1 : entry >>> 1 ^ polynomial;
        }
        return entry;
    }

    private static int entry(int index, int polynomial) {
        int entry = index << 24;
        for (int bit = 0; bit < 8; bit++) {
            entry = entry >= 0 ? entry << 1 : entry << 1 ^ polynomial;
        }
        return entry;
    }

    long of(byte[] bytes, int from, int to) {
        int crc = reflected ? reflected(bytes, from, to) : normal(bytes, from, to) >>> 32 - width;
        return (crc ^ finalXor) & 0xFFFF_FFFFL;
    }

    private int reflected(byte[] bytes, int from, int to) {
        int crc = initial;
        int at = from;
        for (; to - at >= SLICES; at += SLICES) {
            int first = (int) LOW_FIRST.get(bytes, at) ^ crc;
            int second = (int) LOW_FIRST.get(bytes, at + 4);
            crc = tables[7][first & 0xFF]
                    ^ tables[6][first >>> 8 & 0xFF]
                    ^ tables[5][first >>> 16 & 0xFF]
                    ^ tables[4][first >>> 24]
                    ^ tables[3][second & 0xFF]
                    ^ tables[2][second >>> 8 & 0xFF]
                    ^ tables[1][second >>> 16 & 0xFF]
                    ^ tables[0][second >>> 24];
        }
        for (; at < to; at++) {
            crc = crc >>> 8 ^ tables[0][(crc ^ bytes[at]) & 0xFF];
        }
        return crc;
    }

    /** Returns the register, whose upper bits count, whatever the width. */
    private int normal(byte[] bytes, int from, int to) {
        int crc = initial;
        int at = from;
        for (; to - at >= SLICES; at += SLICES) {
            int first = (int) HIGH_FIRST.get(bytes, at) ^ crc;
            int second = (int) HIGH_FIRST.get(bytes, at + 4);
            crc = tables[7][first >>> 24]
                    ^ tables[6][first >>> 16 & 0xFF]
                    ^ tables[5][first >>> 8 & 0xFF]
                    ^ tables[4][first & 0xFF]
                    ^ tables[3][second >>> 24]
                    ^ tables[2][second >>> 16 & 0xFF]
                    ^ tables[1][second >>> 8 & 0xFF]
                    ^ tables[0][second & 0xFF];
        }
        for (; at < to; at++) {
            crc = crc << 8 ^ tables[0][(crc >>> 24 ^ bytes[at]) & 0xFF];
        }
        return crc;
    }
}

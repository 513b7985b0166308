package dev.sluice.bench.profile;

import java.util.Locale;

/** Whose code a frame is, and its colour: hue in degrees. */
enum Kind {
    /** A native method, and all that it does in the kernel. */
    NATIVE(5),
    JDK(90),
    SPRING(45),
    SLUICE(205),
    OTHER(280),
    /** No code: a thread, or what has no stack. */
    THREAD(0);

    private final int hue;

    Kind(int hue) {
        this.hue = hue;
    }

    static Kind of(String type) {
        if (type.startsWith("dev.sluice.")) {
            return SLUICE;
        }
        if (type.startsWith("org.springframework.")) {
            return SPRING;
        }
        return type.startsWith("java.") || type.startsWith("jdk.") || type.startsWith("sun.") ? JDK : OTHER;
    }

    /** In CSS, for this frame always the same. */
    String color(String frame) {
        int shade = Math.floorMod(frame.hashCode(), 14);
        return this == THREAD ? "#d0d0d0" : "hsl(%d,%d%%,%d%%)".formatted(hue, this == OTHER ? 25 : 70, 62 + shade);
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}

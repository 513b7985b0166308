package dev.sluice.text;

import java.util.Locale;

/** Names of constants as operators write and read them: {@code not-tls} for {@code NOT_TLS}. */
public final class KebabCase {

    private KebabCase() {}

    /**
     * @param constant its name
     */
    public static String of(String constant) {
        return constant.toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

package dev.sluice;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The arguments as they were typed. In a locale without UTF-8, as most containers have, Java has replaced each byte of
 * 成功 by a question mark before {@code main} sees it; Linux still knows them.
 */
final class CommandArguments {

    private static final Path KERNELS = Path.of("/proc/self/cmdline");

    private CommandArguments() {}

    static String[] asTyped(String[] args) {
        Charset locale = Charset.forName(System.getProperty("sun.jnu.encoding", "UTF-8"), StandardCharsets.UTF_8);
        if (locale.equals(StandardCharsets.UTF_8) || !Files.isReadable(KERNELS)) {
            return args;
        }
        try {
            return decode(Files.readAllBytes(KERNELS), args);
        } catch (IOException ex) {
            return args;
        }
    }

    /** The last of the kernel's arguments are ours; those before them are Java's own. */
    static String[] decode(byte[] kernels, String[] args) {
        String[] all = new String(kernels, StandardCharsets.UTF_8).split("\0", -1);
        int end = all.length - 1;
        return end < args.length ? args : Arrays.copyOfRange(all, end - args.length, end);
    }
}

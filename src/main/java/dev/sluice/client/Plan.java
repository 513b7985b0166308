package dev.sluice.client;

import java.nio.charset.Charset;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * What a command line asks for, found to make sense.
 *
 * @param peer to whom
 * @param transport how bytes get there
 * @param authorities a PEM file to trust instead of the system's trust store
 * @param insecure whether any certificate is trusted
 * @param frames where messages end
 * @param messages what is sent
 * @param greeting whether the server speaks first
 * @param count the answers after which it is over
 * @param charset of answers
 * @param hex whether answers are printed as hexadecimal digits
 */
record Plan(
        Peer peer,
        Transport transport,
        Optional<Path> authorities,
        boolean insecure,
        Frames frames,
        Messages messages,
        Greet greeting,
        OptionalLong count,
        Charset charset,
        boolean hex) {

    /** How bytes get to the peer. */
    enum Transport {
        TCP,
        TLS,
        UDP
    }

    /** Whether the server speaks first. */
    enum Greet {
        NO,
        FIRST,
        ONLY
    }
}

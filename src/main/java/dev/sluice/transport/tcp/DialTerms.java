package dev.sluice.transport.tcp;

import org.jspecify.annotations.Nullable;

/**
 * Whom a listener dials, and how.
 *
 * @param properties of each connection
 * @param tls what is spoken over it; null if it is not encrypted
 */
record DialTerms(TcpProperties properties, @Nullable TlsDial tls, DialledDevices devices) {}

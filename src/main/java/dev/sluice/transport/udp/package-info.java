/**
 * UDP, unicast and multicast: one datagram is one message.
 */
@NullMarked
package dev.sluice.transport.udp;

import org.jspecify.annotations.NullMarked;

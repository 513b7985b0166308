/**
 * What flows: a received message, its identity, and the peer that it came from.
 */
@NullMarked
package dev.sluice.message;

import org.jspecify.annotations.NullMarked;

/**
 * The command-line peer: the other end of a socket. Starts without Spring.
 */
@NullMarked
package dev.sluice.client;

import org.jspecify.annotations.NullMarked;

/**
 * The command {@code status}: what a running service says of itself, in a terminal.
 */
@NullMarked
package dev.sluice.client.status;

import org.jspecify.annotations.NullMarked;

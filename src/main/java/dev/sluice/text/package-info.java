/**
 * What people read: characters that come from the wire, what an exception says, names of constants, and lines of the
 * log that cannot fill it.
 */
@NullMarked
package dev.sluice.text;

import org.jspecify.annotations.NullMarked;

/** An ordered log of records: what is appended has a position, and is read again in that order. */
@NullMarked
package dev.sluice.log;

import org.jspecify.annotations.NullMarked;

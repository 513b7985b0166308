/**
 * How much memory all connections may hold together, and what becomes of the process where there is none left.
 */
@NullMarked
package dev.sluice.memory;

import org.jspecify.annotations.NullMarked;

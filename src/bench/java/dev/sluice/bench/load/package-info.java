/** The load program: a process of its own, with one busy thread. */
@NullMarked
package dev.sluice.bench.load;

import org.jspecify.annotations.NullMarked;

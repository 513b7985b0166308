/** What both ends of a connection need alike: its bytes, encrypted or not. */
@NullMarked
package dev.sluice.bench.wire;

import org.jspecify.annotations.NullMarked;

/**
 * What extensions are compiled against. All of it is stable: what compiles and runs today does so with later versions.
 */
@NullMarked
package dev.sluice.extension;

import org.jspecify.annotations.NullMarked;

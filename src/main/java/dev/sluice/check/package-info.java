/**
 * What is asked of a declaration before anything is made of it.
 */
@NullMarked
package dev.sluice.check;

import org.jspecify.annotations.NullMarked;

/**
 * How long things took, counted so that whoever counts never waits.
 */
@NullMarked
package dev.sluice.measure;

import org.jspecify.annotations.NullMarked;

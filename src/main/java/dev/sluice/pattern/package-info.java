/**
 * What a message looks like: hex and text patterns, read and written, the frames of a stream, and their checksums. A
 * pattern is a template read backwards.
 */
@NullMarked
package dev.sluice.pattern;

import org.jspecify.annotations.NullMarked;

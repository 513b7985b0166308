/**
 * How characters that come from the wire are shown to people.
 */
@NullMarked
package dev.sluice.text;

import org.jspecify.annotations.NullMarked;

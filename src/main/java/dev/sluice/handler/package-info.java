/**
 * A message in, a reply out.
 */
@NullMarked
package dev.sluice.handler;

import org.jspecify.annotations.NullMarked;

/**
 * The language of a device, as an operator declares it: which rule fits a message, who sent it, what it is answered.
 */
@NullMarked
package dev.sluice.protocol;

import org.jspecify.annotations.NullMarked;

/**
 * What each line of the log goes through, whoever writes it, so that nothing that came from the wire can forge one.
 */
@NullMarked
package dev.sluice.management.log;

import org.jspecify.annotations.NullMarked;

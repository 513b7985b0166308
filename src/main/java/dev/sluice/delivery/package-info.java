/**
 * What happens to a message once it is ours: routes to sinks, the spool on disk, retry, dead letters.
 */
@NullMarked
package dev.sluice.delivery;

import org.jspecify.annotations.NullMarked;

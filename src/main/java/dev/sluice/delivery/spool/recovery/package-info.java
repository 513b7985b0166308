/**
 * Makes sure, before a spool is used, that what is in it is what was written, and saves what it can where it is not.
 *
 * <p>{@link dev.sluice.delivery.spool.recovery.SpoolRecovery} looks at the log before SQLite does, has the file carried
 * over if an earlier version wrote it, and reads it from end to end. What has changed is set aside as it was found;
 * rows that are whole are salvaged into a new file.
 */
@NullMarked
package dev.sluice.delivery.spool.recovery;

import org.jspecify.annotations.NullMarked;

/**
 * The durable queue between a listener and its sinks, one SQLite file a listener.
 *
 * <p>A row holds the messages that one read brought; its key is the number of the first of them, counted over all
 * messages that were ever appended, so that a position in the queue is a count of messages: what waits for a sink is
 * the end less that sink's cursor.
 *
 * <p>SQLite, since its write-ahead log has been survived crashes on more machines than any log of our own would ever
 * see. It checks its log but not its main file, hence a checksum in every row. What becomes of damage is the matter of
 * the package {@code recovery}, by which spools are opened, and for which some of the classes here are public.
 *
 * <p>What cannot be noticed when a spool is opened: that whole commits are missing at the end of its log, if the index
 * beside the log is gone too, since the log did end there once; and that all its files are gone.
 */
@NullMarked
package dev.sluice.delivery.spool;

import org.jspecify.annotations.NullMarked;

/**
 * What the page at {@code /} needs of the server besides Actuator: who is signed in, and one stream of events a tab.
 *
 * <p>A stream is a request that lasts. Its own (virtual) thread asks each {@link
 * dev.sluice.management.page.Topic.Source} once a beat what is new, and writes that. Nothing is queued for a reader,
 * and where nobody looks there is no thread.
 */
@NullMarked
package dev.sluice.management.page;

import org.jspecify.annotations.NullMarked;

/**
 * Who may do what over HTTP. A request goes through these in this order:
 *
 * <ol>
 *   <li>{@link dev.sluice.management.security.ForeignPages}: what another site's page makes a browser send does not write;
 *   <li>{@link dev.sluice.management.security.Tokens} or {@link dev.sluice.management.security.ThrottledLogin}: who it is,
 *       asked of each request anew, unless it has a session from {@link
 *       dev.sluice.management.security.PageSessions};
 *   <li>{@link dev.sluice.management.security.SecurityConfiguration}: whether that user may;
 *   <li>{@link dev.sluice.management.security.Denials}: what a refusal says.
 * </ol>
 */
@NullMarked
package dev.sluice.management.security;

import org.jspecify.annotations.NullMarked;

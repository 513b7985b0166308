/**
 * Commands to devices: what is to be sent to whom, and what became of it.
 *
 * <p>The state machine ({@code Machine} and what it is made of) is pure: a record of the log, an event of a socket or a
 * tick goes in, actions come out. The courier drives it on one thread, over a {@link dev.sluice.log.Log}.
 */
@NullMarked
package dev.sluice.command;

import org.jspecify.annotations.NullMarked;

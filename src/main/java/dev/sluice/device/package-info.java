/** Devices that are sent commands: what a command looks like on its way, which answers confirm it, who is there. */
@NullMarked
package dev.sluice.device;

import org.jspecify.annotations.NullMarked;

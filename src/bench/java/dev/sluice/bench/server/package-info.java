/** What is measured: how each server is started, and the servers that exist only to be compared with. */
@NullMarked
package dev.sluice.bench.server;

import org.jspecify.annotations.NullMarked;

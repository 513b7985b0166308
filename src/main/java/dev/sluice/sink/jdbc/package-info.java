/**
 * Delivery into a database table.
 */
@NullMarked
package dev.sluice.sink.jdbc;

import org.jspecify.annotations.NullMarked;

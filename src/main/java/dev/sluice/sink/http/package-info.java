/**
 * Delivery by HTTP requests.
 */
@NullMarked
package dev.sluice.sink.http;

import org.jspecify.annotations.NullMarked;

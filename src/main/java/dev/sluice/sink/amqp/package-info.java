/**
 * Delivery to an AMQP 0-9-1 exchange.
 */
@NullMarked
package dev.sluice.sink.amqp;

import org.jspecify.annotations.NullMarked;

/**
 * Delivery to an MQTT 5 broker.
 */
@NullMarked
package dev.sluice.sink.mqtt;

import org.jspecify.annotations.NullMarked;

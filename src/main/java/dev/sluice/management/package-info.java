/**
 * Actuator endpoints, health and meters. Only watches and commands; nothing else uses it.
 */
@NullMarked
package dev.sluice.management;

import org.jspecify.annotations.NullMarked;

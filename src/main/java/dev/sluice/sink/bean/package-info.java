/**
 * Delivery to beans of the operator's own.
 */
@NullMarked
package dev.sluice.sink.bean;

import org.jspecify.annotations.NullMarked;

/**
 * What an operator declares and steers: configuration, one flow per listener, its life.
 */
@NullMarked
package dev.sluice.listener;

import org.jspecify.annotations.NullMarked;

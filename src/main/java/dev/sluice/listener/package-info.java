/**
 * What an operator steers: one flow per listener, made of what was declared, and its life.
 */
@NullMarked
package dev.sluice.listener;

import org.jspecify.annotations.NullMarked;

/**
 * The configuration as a text that people write: what it can say, defaults said once, and everything that is wrong with
 * it, found before a port is bound.
 *
 * <pre>
 * ConfigurationYaml ─▶ Environment ─▶ ListenerDefaults ─▶ Said ─────▶ KeyRules ────┐
 * a file, once                        a listener hears    what was     Declared<…>, ─┼─▶ Problem: key, what is wrong,
 *                                     what all are told   said, where  which checks ─┘   cure, file:line
 *                                                                      its record
 * </pre>
 *
 * All of it is a function of an {@code Environment}, so that a start, a reload and the {@code check} command say the
 * same.
 */
@NullMarked
package dev.sluice.listener.configuration;

import org.jspecify.annotations.NullMarked;

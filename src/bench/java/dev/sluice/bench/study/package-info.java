/** Questions that messages per second under a load do not answer. Each measures by itself and answers with tables. */
@NullMarked
package dev.sluice.bench.study;

import org.jspecify.annotations.NullMarked;

/**
 * Messages that a back-end answers over Kafka.
 *
 * <p>A handler sends a request and owes the answer. The thread of the connection waits for all answers that one read
 * has made it owe. One thread of this package reads answers, from the partition to which this process has them sent.
 * That thread waits for nobody: it hands an answer to whoever waits for it, and counts it if nobody does.
 */
@NullMarked
package dev.sluice.request;

import org.jspecify.annotations.NullMarked;

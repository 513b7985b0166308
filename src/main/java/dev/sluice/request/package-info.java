/**
 * Messages that a back-end answers over Kafka.
 *
 * <p>A handler sends the request and owes the answer; the thread of the connection waits for all that a read has brought
 * it to owe. One thread of this package reads answers from the one partition that this process has its answers sent to.
 * It may not wait for anybody: it hands an answer to whoever waits for it, and counts it if nobody does.
 */
@NullMarked
package dev.sluice.request;

import org.jspecify.annotations.NullMarked;

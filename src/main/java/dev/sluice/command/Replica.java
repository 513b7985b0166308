package dev.sluice.command;

import java.util.Set;

/**
 * This replica: who it is, how far it has read, and whom else it hears.
 *
 * @param id of this life of the process alone
 */
record Replica(long id, Set<Rule> rules, Timing timing, Partitions partitions, Reading reading, Replicas replicas) {

    boolean holds(Rule rule) {
        return rules.contains(rule);
    }
}

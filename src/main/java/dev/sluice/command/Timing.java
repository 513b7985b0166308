package dev.sluice.command;

/**
 * @param lostHeartbeats how many of its own heartbeats a replica reads since another's last until that one is dead
 * @param deafMillis how long a replica trusts what it knows since it read its own last heartbeat
 * @param retryMillis how long an append of which nothing is heard is under way
 */
record Timing(int lostHeartbeats, long deafMillis, long retryMillis) {

    /** The times that go with a heartbeat every two seconds. */
    static final Timing USUAL = new Timing(7, 7_500, 5_000);
}

package dev.sluice.bench;

/**
 * Something that could not be measured.
 *
 * @param round 0: it did not come through its warm-up and takes no part
 */
record Failure(String load, String server, int round, String reason) {

    @Override
    public String toString() {
        return "%s, %s, %s: %s".formatted(load, server, round == 0 ? "start and warm-up" : "round " + round, reason);
    }
}

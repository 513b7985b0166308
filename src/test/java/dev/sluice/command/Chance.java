package dev.sluice.command;

import java.util.SplittableRandom;

/** Draws of one seed. */
final class Chance {

    private final SplittableRandom random;

    Chance(long seed) {
        this.random = new SplittableRandom(seed);
    }

    boolean of(double probability) {
        return random.nextDouble() < probability;
    }

    double fraction() {
        return random.nextDouble();
    }

    /** From 0 to that, without it. */
    int below(double bound) {
        return (int) (random.nextDouble() * bound);
    }

    int between(int first, int last) {
        return random.nextInt(first, last + 1);
    }

    /** Around a mean. */
    int around(double mean) {
        return (int) (-Math.log(1 - random.nextDouble()) * mean);
    }

    int one(int... values) {
        return values[random.nextInt(values.length)];
    }

    <T> T one(java.util.List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}

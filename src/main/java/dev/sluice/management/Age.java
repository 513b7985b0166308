package dev.sluice.management;

/** How long something has waited. */
final class Age {

    private Age() {}

    /**
     * @param since in milliseconds since the epoch; 0 if nothing waits
     */
    static double seconds(long since) {
        return since == 0 ? 0 : Math.max(0, System.currentTimeMillis() - since) / 1000.0;
    }
}

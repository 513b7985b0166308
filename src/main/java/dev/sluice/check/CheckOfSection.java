package dev.sluice.check;

/** The check of a record within another. */
record CheckOfSection(Check whole, String section) implements Check {

    @Override
    public void report(String key, IllegalArgumentException problem) {
        whole.report(path(key), problem);
    }

    @Override
    public boolean says(String key) {
        return whole.says(path(key));
    }

    @Override
    public boolean saysItself(String key) {
        return whole.saysItself(path(key));
    }

    @Override
    public boolean isReported(String key) {
        return whole.isReported(path(key));
    }

    @Override
    public boolean hasField(String name) {
        return whole.hasField(name);
    }

    private String path(String key) {
        return key.isEmpty() ? section : section + "." + key;
    }
}

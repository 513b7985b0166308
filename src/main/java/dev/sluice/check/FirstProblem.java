package dev.sluice.check;

/** Ends at the first problem. Only values count: what was written, and what was said of it, nobody knows any more. */
record FirstProblem(String path) implements Check {

    @Override
    public void report(String key, IllegalArgumentException problem) {
        String full = path.isEmpty() || key.isEmpty() ? path + key : path + "." + key;
        throw new CheckException(full, String.valueOf(problem.getMessage()), problem);
    }

    @Override
    public boolean says(String key) {
        return true;
    }

    @Override
    public boolean saysItself(String key) {
        return false;
    }

    @Override
    public boolean isReported(String key) {
        return false;
    }

    /** What rules there are was looked at before. */
    @Override
    public boolean hasField(String name) {
        return true;
    }
}

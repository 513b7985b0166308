package dev.sluice.bench;

import java.util.List;

/** What came of one load. */
record Results(
        String load,
        String description,
        List<Summary> summaries,
        List<Measurement> measurements,
        List<Failure> failures) {}

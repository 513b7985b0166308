package dev.sluice.bench.study;

import dev.sluice.bench.Options;
import dev.sluice.bench.Table;
import dev.sluice.bench.load.Load;
import java.io.IOException;
import java.util.List;

/** What it costs to understand a device: its frames checked and answered by a rule, beside frames that are echoed. */
final class RulesStudy implements Study {

    private static final Load RULES = Load.named("tracker");
    private static final Load NONE = Load.named("length-echo");

    @Override
    public String name() {
        return "rules";
    }

    @Override
    public List<Table> run(Options options, long deadline) throws IOException {
        var contrast = new Contrast(
                this,
                "rules",
                List.of(),
                List.of(),
                List.of("on: " + RULES.description() + ", with a checksum and a rule", "off: " + NONE.description()));
        return List.of(contrast.measure(RULES, NONE, options, deadline));
    }
}

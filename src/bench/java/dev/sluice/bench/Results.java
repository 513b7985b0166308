package dev.sluice.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** What came of one load. */
record Results(
        String load,
        String description,
        List<Summary> summaries,
        List<Measurement> measurements,
        List<Failure> failures) {

    /** The name of the file in the directory of results. */
    String picture() {
        return load + ".svg";
    }

    void draw(Path directory) throws IOException {
        Pictures.bars(directory.resolve(picture()), load, "messages/s", Summary.perSecond(summaries));
    }
}

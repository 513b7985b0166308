package dev.sluice.management;

import dev.sluice.listener.configuration.SluiceProperties;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.BaseUnits;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.io.File;

/** Shows how much room there is on the disk of the spools. The system is asked at each scrape. */
final class DiskMeters implements MeterBinder {

    private final File directory;

    DiskMeters(SluiceProperties properties) {
        this.directory = properties.dataDirectory().toAbsolutePath().toFile();
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        Gauge.builder("sluice.disk.free", this, disk -> disk.existing().getUsableSpace())
                .description("What may still be written to the disk of the data directory")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
        Gauge.builder("sluice.disk.size", this, disk -> disk.existing().getTotalSpace())
                .description("The size of the disk of the data directory")
                .baseUnit(BaseUnits.BYTES)
                .register(registry);
    }

    /** Returns the directory of the spools; while it is not there, the one that it would be made in. */
    private File existing() {
        File existing = directory;
        while (!existing.exists() && existing.getParentFile() != null) {
            existing = existing.getParentFile();
        }
        return existing;
    }
}

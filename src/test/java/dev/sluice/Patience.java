package dev.sluice;

import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Has every test wait longer for what is to come than ten seconds: several run at once, and each starts programs.
 * Registered as a service, so that no class has to name it.
 */
public final class Patience implements BeforeAllCallback {

    private static final Duration USUAL = Duration.ofSeconds(40);

    @Override
    public void beforeAll(ExtensionContext context) {
        Awaitility.setDefaultTimeout(USUAL);
    }
}

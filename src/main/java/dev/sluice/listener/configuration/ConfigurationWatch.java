package dev.sluice.listener.configuration;

import org.jspecify.annotations.Nullable;

/**
 * Looks at what the files say. It compares what a start would read, not the dates of files: a volume of Kubernetes is
 * swapped behind a link, and an editor may write a file twice. Used by one thread.
 */
public final class ConfigurationWatch {

    private @Nullable String last;
    private @Nullable String settled;

    /**
     * Looks once. Returns whether the files say something else than what runs, said the same a look ago, and have not
     * been found so before: each content is settled once, whatever becomes of it.
     */
    public boolean isSettled(ConfigurationSnapshot running) {
        String now = running.fingerprintNow();
        boolean stays = now.equals(last);
        last = now;
        if (now.equals(running.fingerprint())) {
            settled = null;
            return false;
        }
        if (!stays || now.equals(settled)) {
            return false;
        }
        settled = now;
        return true;
    }
}

package dev.sluice.transport.tcp;

import dev.sluice.text.Visible;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line each time that a device comes or goes, as long as these are not too many: what is left out is counted, and
 * the count written. Safe for use by any thread.
 */
final class DeviceLog {

    private static final Logger log = LoggerFactory.getLogger(DeviceLog.class);

    private static final LogAllowance OF_ALL = new LogAllowance(Duration.ofMillis(250), 20);
    /** For so long it is counted what is left out, before a line says how much that was. */
    private static final Duration COUNTED = Duration.ofSeconds(5);

    private final String listener;
    private final LogAllowance.Account told = OF_ALL.open();
    private int leftOut;
    private long leftOutSince;

    DeviceLog(String listener) {
        this.listener = listener;
    }

    void up(DialledDevice device) {
        if (mayTell(device)) {
            log.info("Listener '{}': device {} is up", listener, device.address());
        }
    }

    void away(DialledDevice device, String failure) {
        if (mayTell(device)) {
            log.warn("Listener '{}': device {} is away: {}", listener, device.address(), Visible.text(failure));
        }
    }

    private boolean mayTell(DialledDevice device) {
        boolean may = device.mayTell() && told.tryTake();
        if (!may) {
            leaveOut();
        }
        return may;
    }

    private synchronized void leaveOut() {
        if (leftOut++ == 0) {
            leftOutSince = System.nanoTime();
        }
    }

    /** Writes how many lines were left out, if that has been counted for a while. */
    void tellLeftOut() {
        tellLeftOut(COUNTED);
    }

    /** The same at once: nothing more is to come. */
    void tellAllLeftOut() {
        tellLeftOut(Duration.ZERO);
    }

    private synchronized void tellLeftOut(Duration counted) {
        if (leftOut > 0 && System.nanoTime() - leftOutSince >= counted.toNanos()) {
            log.info("Listener '{}': devices came or went {} times more than the log says", listener, leftOut);
            leftOut = 0;
        }
    }
}

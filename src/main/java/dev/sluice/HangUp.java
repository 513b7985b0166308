package dev.sluice;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, by which other servers read their files again, and which would end this one: it is told that nothing happens.
 *
 * <p>Java has no interface of its own for signals. The JDK's is looked up by name: the compiler warns of its use, and a
 * run-time image may lack its module.
 */
final class HangUp {

    private static final Logger log = LoggerFactory.getLogger(HangUp.class);

    private HangUp() {}

    /** From now on, and where the system, the JVM and its options allow it. */
    static void ignore() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object ignoring =
                    Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {handler}, (_, _, _) -> {
                        log.warn("SIGHUP is ignored: files are read when the program starts. Restart it after an edit");
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), ignoring);
        } catch (ReflectiveOperationException ex) {
            log.debug("SIGHUP is not Sluice's to handle", ex);
        }
    }
}

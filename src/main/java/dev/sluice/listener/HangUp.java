package dev.sluice.listener;

import java.lang.reflect.Proxy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * SIGHUP, on which servers read their files again, and which would end this process before it can.
 *
 * <p>Java has no interface of its own for signals. The JDK's is looked up by name: the compiler warns of its use, and a
 * run-time image may lack its module.
 */
public final class HangUp {

    private static final Logger log = LoggerFactory.getLogger(HangUp.class);

    private static volatile Runnable action = () -> log.warn("SIGHUP is ignored: the program still starts, or ends");

    private HangUp() {}

    /** Says what a signal does from now on. It is done by a thread of its own. */
    static void does(Runnable what) {
        action = what;
    }

    /** Catches the signal from now on, where the system, the JVM and its options allow it. */
    public static void handle() {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object handling =
                    Proxy.newProxyInstance(HangUp.class.getClassLoader(), new Class<?>[] {handler}, (_, _, _) -> {
                        action.run();
                        return null;
                    });
            signal.getMethod("handle", signal, handler)
                    .invoke(null, signal.getConstructor(String.class).newInstance("HUP"), handling);
        } catch (ReflectiveOperationException ex) {
            log.debug("SIGHUP is not Sluice's to handle", ex);
        }
    }
}

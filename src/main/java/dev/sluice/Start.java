package dev.sluice;

import java.lang.reflect.InvocationTargetException;

/**
 * Starts the jar. This class alone is compiled for Java 17, as Spring Boot's loader is: where Java is older than
 * {@link Application} needs, the program ends with a sentence and not with a stack trace. It does nothing else, and
 * knows our other classes only by name.
 */
public final class Start {

    private static final int NEEDED = 25;

    private Start() {}

    /**
     * @throws Throwable what ended the program
     */
    public static void main(String[] args) throws Throwable {
        Runtime.Version java = Runtime.version();
        if (java.feature() < NEEDED) {
            System.err.println(tooOld(java, System.getProperty("java.home")));
            System.exit(1);
        }
        try {
            Class.forName("dev.sluice.Application")
                    .getMethod("main", String[].class)
                    .invoke(null, (Object) args);
        } catch (InvocationTargetException ex) {
            throw ex.getCause();
        }
    }

    static String tooOld(Runtime.Version java, String home) {
        return "Sluice needs Java " + NEEDED + " or later, and this is Java " + java.feature() + " (" + home
                + "). Install one, and start Sluice with its 'bin/java'.";
    }
}

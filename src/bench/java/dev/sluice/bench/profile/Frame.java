package dev.sluice.bench.profile;

import java.lang.reflect.Modifier;
import jdk.jfr.consumer.RecordedFrame;
import jdk.jfr.consumer.RecordedMethod;

/**
 * A method on a stack, wherever in it.
 *
 * @param type with its package; empty if this is no method
 */
record Frame(String type, String method, Kind kind) {

    static Frame thread(String name) {
        return new Frame("", name, Kind.THREAD);
    }

    static Frame of(RecordedFrame frame) {
        RecordedMethod method = frame.getMethod();
        // Of a hidden class, what it was made of.
        String type = method.getType().getName().replaceAll("(\\$\\$Lambda|\\.0x|/0x).*", "$1");
        return new Frame(
                type, method.getName(), Modifier.isNative(method.getModifiers()) ? Kind.NATIVE : Kind.of(type));
    }

    /** As one would say it. */
    String label() {
        return type.isEmpty() ? method : type.substring(type.lastIndexOf('.') + 1) + "." + method;
    }

    @Override
    public String toString() {
        return type.isEmpty() ? method : type + "." + method;
    }
}

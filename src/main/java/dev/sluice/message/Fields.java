package dev.sluice.message;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the rules of a listener find in one message, by name. Belongs to one thread. */
public interface Fields {

    /** Of a listener without rules. */
    Fields NONE = new Fields() {

        @Override
        public @Nullable String text(String name) {
            throw new UnknownFieldException(name);
        }

        @Override
        public byte @Nullable [] bytes(String name) {
            throw new UnknownFieldException(name);
        }

        @Override
        public List<String> names() {
            return List.of();
        }

        @Override
        public String rule() {
            return "";
        }
    };

    /**
     * The value, as it is written in text: a number in decimal, bytes in hex.
     *
     * @return null if the message does not have it
     * @throws UnknownFieldException if no rule has it, so that it must not be taken for absent
     */
    @Nullable
    String text(String name);

    /**
     * The bytes of which the value was read.
     *
     * @return null if the message does not have it
     * @throws UnknownFieldException if no rule has it, so that it must not be taken for absent
     */
    byte @Nullable [] bytes(String name);

    /** The names of those that the message has, in the order of its rule. */
    List<String> names();

    /** The name of the rule that fits the message, or its number from 1 on; empty if none does. */
    String rule();

    /** A field that no rule of its listener has, or has any more: what needs it cannot be delivered until one does. */
    final class UnknownFieldException extends IllegalArgumentException {

        private static final long serialVersionUID = 1L;

        public UnknownFieldException(String name) {
            super("no rule of the listener has a field {" + name + "}");
        }
    }
}

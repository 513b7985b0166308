package dev.sluice.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a bean has said about a message, over what rules find in it.
 *
 * @param found what rules find
 * @param told by the bean, name to value; wins over the other
 * @param open whether beans may say anything, so that a field that nobody knows is absent
 */
public record ToldFields(Fields found, Map<String, String> told, boolean open) implements Fields {

    /** Returns both; what rules find alone if there can be nothing else. */
    public static Fields over(Fields found, Map<String, String> told, boolean open) {
        return open || !told.isEmpty() ? new ToldFields(found, told, open) : found;
    }

    @Override
    public @Nullable String text(String name) {
        String value = told.get(name);
        if (value != null) {
            return value;
        }
        try {
            return found.text(name);
        } catch (UnknownFieldException ex) {
            if (open) {
                return null;
            }
            throw ex;
        }
    }

    @Override
    public byte @Nullable [] bytes(String name) {
        String value = told.get(name);
        if (value != null) {
            return value.getBytes(StandardCharsets.UTF_8);
        }
        try {
            return found.bytes(name);
        } catch (UnknownFieldException ex) {
            if (open) {
                return null;
            }
            throw ex;
        }
    }

    @Override
    public List<String> names() {
        List<String> names = new ArrayList<>(found.names());
        told.keySet().stream().filter(name -> !names.contains(name)).forEach(names::add);
        return names;
    }

    @Override
    public String rule() {
        return found.rule();
    }
}

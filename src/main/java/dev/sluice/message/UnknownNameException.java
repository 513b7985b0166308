package dev.sluice.message;

import java.util.Collection;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** A name in what an operator has written, which stands for nothing in a message. */
public final class UnknownNameException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String kind;
    private final transient UnaryOperator<String> form;
    private final String name;
    private final transient List<String> known;

    /**
     * @param kind what it would be, such as {@code placeholder}
     * @param form how a name is written there, such as {@code {name}}
     * @param known the names of what every message has
     */
    public UnknownNameException(String kind, UnaryOperator<String> form, String name, List<String> known) {
        super(message(kind, form, name, known));
        this.kind = kind;
        this.form = form;
        this.name = name;
        this.known = known;
    }

    private static String message(String kind, UnaryOperator<String> form, String name, Collection<String> known) {
        return kind + " " + form.apply(name) + " does not exist; there are "
                + known.stream().map(form).collect(Collectors.joining(" "));
    }

    /** What was written. */
    public String name() {
        return name;
    }

    /** The names of what every message has. */
    public List<String> known() {
        return known;
    }

    /** Returns the message, where there are these names. */
    public String listing(Collection<String> names) {
        return message(kind, form, name, names);
    }

    /** Returns the message, where this name was most probably meant. */
    public String suggesting(String meant) {
        return kind + " " + form.apply(name) + " does not exist. Did you mean " + form.apply(meant) + "?";
    }
}

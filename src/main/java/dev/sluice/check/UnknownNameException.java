package dev.sluice.check;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/** A value names something that does not exist. Whoever reports it adds which of those that do was most probably meant. */
public final class UnknownNameException extends IllegalArgumentException {

    private static final long serialVersionUID = 1L;

    private final String name;
    private final List<String> known;

    /**
     * @param name as it was written
     * @param known what there is, in the same form
     */
    public UnknownNameException(String name, Collection<String> known) {
        super("{" + name + "} does not exist; there are "
                + known.stream().map(one -> "{" + one + "}").collect(Collectors.joining(" ")));
        this.name = name;
        this.known = List.copyOf(known);
    }

    public String name() {
        return name;
    }

    public List<String> known() {
        return known;
    }
}

package dev.sluice.management;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which part of a list a caller wants.
 *
 * @param offset how many he passes over
 * @param limit how many he wants at the most
 * @param sort by what, without its sign; null for the usual order
 * @param descending whether the greatest comes first
 */
record Page(int offset, int limit, @Nullable String sort, boolean descending) {

    private static final int MOST = 1000;
    private static final Page ALL = new Page(0, Integer.MAX_VALUE, null, false);

    /**
     * Reads what a caller says.
     *
     * @return all that there is if he wants no page
     * @throws Refused saying what is wrong with it, and what would be right
     */
    static Page of(@Nullable String offset, @Nullable String limit, @Nullable String sort) {
        if (limit == null) {
            if (offset != null || sort != null) {
                throw Refused.badRequest((offset == null ? "'sort'" : "'offset'")
                        + " is for a page. Say with 'limit', too, how many it has, from 1 to " + MOST);
            }
            return ALL;
        }
        int from = offset == null ? 0 : number("offset", offset, 0, Integer.MAX_VALUE - MOST);
        int most = number("limit", limit, 1, MOST);
        return sort != null && sort.startsWith("-")
                ? new Page(from, most, sort.substring(1), true)
                : new Page(from, most, sort, false);
    }

    private static int number(String name, String text, int least, int most) {
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException _) {
            // It is as wrong as one that is too large.
        }
        throw Refused.badRequest("'" + name + "' is '" + text + "', which is no number from " + least + " to " + most
                + (name.equals("limit") ? ". Ask for more by 'offset'" : ""));
    }

    boolean isAll() {
        return limit > MOST;
    }

    /** Returns its part of a list. */
    <T> Stream<T> of(List<T> list) {
        return list.stream().skip(offset).limit(limit);
    }

    /** Returns how many there are on all pages; null where no page was asked for. */
    @Nullable
    Integer total(int count) {
        return isAll() ? null : count;
    }

    /**
     * Returns the order in which the caller wants the list.
     *
     * @param orders by what the JSON calls them
     * @param usual the name of the one where he says nothing
     * @throws Refused if there is none of that name; says which there are
     */
    <O> O order(Map<String, O> orders, String usual) {
        O order = orders.get(sort == null ? usual : sort);
        if (order == null) {
            throw Refused.badRequest("'sort' is '" + sort + "', by which nothing is sorted. Write one of "
                    + String.join(", ", orders.keySet()) + ", with '-' in front for the greatest first");
        }
        return order;
    }
}

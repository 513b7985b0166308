package dev.sluice.management;

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

    /**
     * Reads what a caller says.
     *
     * @return null if he wants no page: then he gets all
     * @throws IllegalArgumentException saying what is wrong with it, and what would be right
     */
    static @Nullable Page of(@Nullable String offset, @Nullable String limit, @Nullable String sort) {
        if (limit == null) {
            if (offset != null || sort != null) {
                throw new IllegalArgumentException((offset == null ? "'sort'" : "'offset'")
                        + " is for a page. Say with 'limit', too, how many it has, from 1 to " + MOST);
            }
            return null;
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
        } catch (NumberFormatException ex) {
            throw new IllegalArgumentException(rule(name, text, least, most), ex);
        }
        throw new IllegalArgumentException(rule(name, text, least, most));
    }

    private static String rule(String name, String text, int least, int most) {
        return "'" + name + "' is '" + text + "', which is no number from " + least + " to " + most
                + (name.equals("limit") ? ". Ask for more by 'offset'" : "");
    }
}
